/** What `/ws/ops/` sends and `/ops/series/` answers. Rates are a second, latencies milliseconds, times ISO 8601 or Unix seconds. */

export interface ServerRun {
  readonly server: string;
  readonly host: string;
  readonly kind: string;
  readonly version: string;
  readonly began: string;
  readonly ended: string | null;
  readonly died: boolean;
}

export interface ServerFigures {
  readonly connections: number;
  readonly behind: number;
  readonly waiting: number;
  readonly published: number;
  readonly delivered: number;
  readonly silent: boolean;
}

export interface Board {
  readonly at: number;
  readonly people: number | null;
  readonly connections: number | null;
  readonly published: number;
  readonly delivered: number;
  readonly opened: number;
  readonly closed: number;
  readonly errors: number;
  readonly behind: number;
  readonly waiting: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly runs?: readonly ServerRun[];
  readonly servers: Readonly<Record<string, ServerFigures>>;
  readonly problems: readonly string[];
  readonly storm: { readonly opened: number; readonly normal: number } | null;
  readonly database?: { readonly state: "well" | "away"; readonly ms: number | null };
  readonly redis: "none" | "well" | "away";
}

export interface Point {
  readonly at: number;
  readonly connections: number;
  readonly published: number;
  readonly delivered: number;
  readonly opened: number;
  readonly errors: number;
  readonly closed: Readonly<Record<string, number>>;
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface Series {
  readonly span: number;
  readonly kept: number;
  readonly points: readonly Point[];
  readonly runs: readonly ServerRun[];
}

export interface OpsEvent {
  readonly kind: string;
  readonly at: number;
  readonly [fact: string]: unknown;
}

export type Frame =
  | ({ readonly type: "board" } & Board)
  | ({ readonly type: "delta" } & Partial<Board>)
  | { readonly type: "events"; readonly events: readonly OpsEvent[]; readonly more: number }
  | { readonly type: "points"; readonly span: number; readonly points: readonly Point[] };

/** A close code in words: what `ops/closings.py` says. */
export interface Closing {
  readonly name: string;
  readonly meaning: string;
  readonly fault: boolean;
}
