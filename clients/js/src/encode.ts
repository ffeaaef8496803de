import type {
  AckFrame,
  ClientFrame,
  FollowFrame,
  HelloFrame,
  MarkFrame,
  PageFrame,
  PingFrame,
  ReadFrame,
  RefreshFrame,
  Seqs,
} from "./frames.js";

/** The longest frame that the server takes, in bytes of UTF-8. */
export const MAX_FRAME_BYTES = 16 * 1024;

/** The most ids in one frame. */
export const MAX_READ_IDS = 100;

const MAX_STREAMS = 1_000;

const TOPIC = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/;

const NOTIFICATION_ID = /^ntf_[0-9a-f]{32}$/;

// What a frame needs beside its streams: the type, an epoch, the client's name, the path of a page.
const ENVELOPE_BYTES = 3_072;

/** The longest round trip that the server takes, in milliseconds. */
const MAX_RTT = 600_000;

const utf8 = new TextEncoder();

/**
 * Splits cursors into parts that each fit into one frame, in the given order. A thousand long stream names
 * are within the protocol's count and still beyond its 16 KiB.
 */
function parts(seqs: Iterable<readonly [string, number]>): Record<string, number>[] {
  const all: [string, number][][] = [];
  let part: [string, number][] = [];
  let bytes = 0;
  for (const [stream, seq] of seqs) {
    const size = utf8.encode(`${JSON.stringify(stream)}:${seq},`).length;
    if (part.length > 0 && (part.length === MAX_STREAMS || bytes + size > MAX_FRAME_BYTES - ENVELOPE_BYTES)) {
      all.push(part);
      part = [];
      bytes = 0;
    }
    part.push([stream, seq]);
    bytes += size;
  }
  if (part.length > 0) all.push(part);
  return all.map((entries) => Object.fromEntries(entries));
}

/**
 * The first frame of a connection.
 *
 * @param resume the saved cursors, the most important first: those that do not fit into one frame are left out
 * @param epoch the epoch that they belong to, or null when none was saved
 * @param client name and version for the operators, at most 64 characters
 * @param where the page's path, ASCII and at most 2,048 characters, and whether it is seen; nothing where there is no page
 */
export function hello(
  resume: Iterable<readonly [string, number]>,
  epoch: string | null,
  client: string,
  where: Where = {},
): HelloFrame {
  const [cursors] = parts(resume);
  return {
    type: "hello",
    ...(cursors !== undefined && epoch !== null ? { resume: cursors, epoch } : {}),
    client,
    ...where,
  };
}

/** What operators are shown of a page. */
export type Where = Pick<PageFrame, "page" | "visible">;

/** The page is elsewhere, or is seen or hidden now. */
export function page(where: Where): PageFrame {
  return { type: "page", ...where };
}

/** Acknowledges everything up to each `seq`: one frame, or more when the streams do not fit into one. */
export function acks(handled: Iterable<readonly [string, number]>): AckFrame[] {
  return parts(handled).map((streams: Seqs) => ({ type: "ack", streams }));
}

/**
 * Marks ids as read: as many frames of at most 100 ids as it takes.
 *
 * @throws TypeError for what is no id of a notification; the server would close the connection for good
 */
export function reads(ids: readonly string[]): ReadFrame[] {
  return hundreds(ids).map((part) => ({ type: "read", ids: part }));
}

/**
 * Marks ids as unread, archives them, takes them out of the archive, or tells that they were seen: as many frames of at
 * most 100 ids as it takes.
 *
 * @throws TypeError for what is no id of a notification; the server would close the connection for good
 */
export function marks(type: MarkFrame["type"], ids: readonly string[]): MarkFrame[] {
  return hundreds(ids).map((part) => ({ type, ids: part }));
}

export function isNotificationId(id: string): boolean {
  return NOTIFICATION_ID.test(id);
}

function hundreds(ids: readonly string[]): string[][] {
  const strange = ids.find((id) => !isNotificationId(id));
  if (strange !== undefined) throw new TypeError(`${JSON.stringify(strange)} is not the id of a notification.`);
  const parts: string[][] = [];
  for (let start = 0; start < ids.length; start += MAX_READ_IDS) parts.push(ids.slice(start, start + MAX_READ_IDS));
  return parts;
}

export function readAll(): ReadFrame {
  return { type: "read", all: true };
}

/** @throws TypeError for what is no topic; the server would close the connection for good */
export function follow(topic: string): FollowFrame {
  return { type: "follow", topic: checkedTopic(topic) };
}

/** @throws TypeError for what is no topic; the server would close the connection for good */
export function unfollow(topic: string): FollowFrame {
  return { type: "unfollow", topic: checkedTopic(topic) };
}

function checkedTopic(topic: string): string {
  if (TOPIC.test(topic)) return topic;
  throw new TypeError(`${JSON.stringify(topic)} is not a topic: 1 to 128 of A–Z a–z 0–9 . _ : -, a letter or digit first.`);
}

export function refresh(token: string): RefreshFrame {
  return { type: "refresh", token };
}

/** @param rtt how long the last ping waited for its pong, in milliseconds, or null when none was answered yet */
export function ping(rtt: number | null): PingFrame {
  if (rtt === null) return { type: "ping" };
  return { type: "ping", rtt: Math.min(Math.max(Math.round(rtt), 0), MAX_RTT) };
}

export function encode(frame: ClientFrame): string {
  return JSON.stringify(frame);
}
