/** How much a notification matters. */
export type Level = "info" | "success" | "warning" | "error";

/** A `seq` for each stream name. */
export type Seqs = Readonly<Record<string, number>>;

/** What a person is told. Every text is plain text: show it as text. */
export interface Notification {
  readonly id: string;
  readonly title: string;
  /** May be empty, as may `category`, `url` and `icon`. */
  readonly body: string;
  readonly level: Level;
  readonly category: string;
  readonly url: string;
  readonly icon: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** UTC, ISO 8601. */
  readonly created: string;
}

/** A notification as it lies in the inbox. */
export interface InboxItem extends Notification {
  readonly read: boolean;
  readonly archived: boolean;
}

/** A line that operators show to everyone. Plain text: show it as text. */
export interface Banner {
  readonly text: string;
  readonly level: Level;
  /** When it ends (UTC, ISO 8601), or null: when it is taken down. */
  readonly until: string | null;
}

export interface WelcomeFrame {
  readonly type: "welcome";
  readonly connection: string;
  /** The recipient that the connection speaks for. */
  readonly user: string;
  readonly epoch: string;
  /** The cursor from which each stream of this connection goes on. */
  readonly streams: Seqs;
  /** The newest `seq` of each stream when the connection was welcomed. */
  readonly heads: Seqs;
  readonly recovered: boolean;
  /** Unread notifications, counting entries up to `heads`. */
  readonly unread: number;
  /** Seconds of silence after which to ping. */
  readonly ping: number;
  /** Seconds within which to acknowledge what comes in streams other than the person's own. */
  readonly patience?: number;
  /** When the credential ends (UTC, ISO 8601), or null. */
  readonly expires: string | null;
  /** The banner that is shown now; left out when there is none. */
  readonly banner?: Banner;
}

export interface NotificationFrame {
  readonly type: "notification";
  readonly stream: string;
  readonly seq: number;
  /** True for what was stored before this connection was welcomed. */
  readonly replayed: boolean;
  readonly notification: Notification;
}

export interface StateFrame {
  readonly type: "state";
  /** Unread notifications, counting entries up to `heads`. */
  readonly unread: number;
  readonly heads: Seqs;
  /** Ids of what has become read; empty with `all`. */
  readonly read: readonly string[];
  /** True when everything up to `heads` became read, before what the lists say. */
  readonly all: boolean;
  /** Ids of what is unread again, was put into the archive, and was taken out; an earlier server leaves these out. */
  readonly unmarked?: readonly string[];
  readonly archived?: readonly string[];
  readonly unarchived?: readonly string[];
}

export interface FollowedFrame {
  readonly type: "followed";
  readonly topic: string;
  readonly stream: string;
  /** The cursor from which the stream begins. */
  readonly seq: number;
}

export interface UnfollowedFrame {
  readonly type: "unfollowed";
  readonly topic: string;
  readonly stream: string;
}

export interface RefreshedFrame {
  readonly type: "refreshed";
  readonly expires: string | null;
}

export interface ResetFrame {
  readonly type: "reset";
  readonly stream: string;
  /** The oldest entry still kept. */
  readonly oldest: number;
  /** The cursor from which the stream goes on. */
  readonly seq: number;
}

export interface ErrorFrame {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  /** The part of the frame at fault, or "". */
  readonly field: string;
}

/** Without its fields: the banner that is shown is taken down. */
export interface BannerFrame extends Partial<Banner> {
  readonly type: "banner";
}

export interface PongFrame {
  readonly type: "pong";
}

export type ServerFrame =
  | WelcomeFrame
  | NotificationFrame
  | StateFrame
  | FollowedFrame
  | UnfollowedFrame
  | RefreshedFrame
  | ResetFrame
  | ErrorFrame
  | BannerFrame
  | PongFrame;

export interface HelloFrame {
  readonly type: "hello";
  readonly resume?: Seqs;
  readonly epoch?: string;
  readonly client?: string;
  /** The path of the page's address, without its query. */
  readonly page?: string;
  readonly visible?: boolean;
}

export interface AckFrame {
  readonly type: "ack";
  readonly streams: Seqs;
}

export interface ReadAllFrame {
  readonly type: "read";
  readonly all: true;
}

/** What a person does with notifications that are named. */
export interface MarkFrame {
  readonly type: "read" | "unread" | "archive" | "unarchive" | "seen";
  readonly ids: readonly string[];
}

export interface FollowFrame {
  readonly type: "follow" | "unfollow";
  readonly topic: string;
}

export interface RefreshFrame {
  readonly type: "refresh";
  readonly token: string;
}

export interface PingFrame {
  readonly type: "ping";
  /** How long the last ping waited for its pong, in whole milliseconds. */
  readonly rtt?: number;
}

export interface PageFrame {
  readonly type: "page";
  readonly page?: string;
  readonly visible?: boolean;
}

/** A frame that the page asks for, as opposed to those that keep the connection going. */
export type Command = ReadAllFrame | MarkFrame | FollowFrame;

export type ClientFrame = HelloFrame | AckFrame | Command | RefreshFrame | PingFrame | PageFrame;
