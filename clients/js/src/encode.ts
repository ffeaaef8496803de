import type { Command, HelloFrame, PageFrame, Seqs } from "./frames.js";

/** The longest frame that the server takes, in bytes of UTF-8. */
export const MAX_FRAME_BYTES = 16 * 1024;

/** The most ids in one frame. */
export const MAX_IDS = 100;

const TOPIC = /^[a-z0-9][\w.:-]{0,127}$/i;

const NOTIFICATION_ID = /^ntf_[0-9a-f]{32}$/;

// What a frame needs beside its streams: the type, an epoch, the client's name, the path of a page; and what the one
// stream whose name may be other than ASCII, the person's own, has more bytes than characters.
const ENVELOPE_BYTES = 3_584;

/** What operators are shown of a page: its path, ASCII and at most 2,048 characters, and whether it is seen. */
export type Where = Pick<PageFrame, "page" | "visible">;

/**
 * Splits cursors into parts that each fit into one frame, in the given order. A thousand long stream names
 * are within the protocol's count and still beyond its 16 KiB.
 */
export const parts = (seqs: Iterable<readonly [string, number]>): Seqs[] => {
  const all: Record<string, number>[] = [];
  let room = 0;
  for (const [stream, seq] of seqs) {
    const size = JSON.stringify([stream, seq]).length;
    if (room < size) {
      all.push({});
      room = MAX_FRAME_BYTES - ENVELOPE_BYTES;
    }
    room -= size;
    all.at(-1)![stream] = seq;
  }
  return all;
};

/**
 * The first frame of a connection.
 *
 * @param cursors the saved cursors, the most important first: those that do not fit into one frame are left out
 * @param epoch the epoch that they belong to, or null when none was saved
 * @param client name and version for the operators, at most 64 characters
 */
export const hello = (cursors: Iterable<readonly [string, number]>, epoch: string | null, client: string, where: Where = {}): HelloFrame => {
  const [resume] = parts(cursors);
  return { type: "hello", ...(resume && epoch && { resume, epoch }), client, ...where };
};

/**
 * What is sent for a command: as many frames of at most 100 ids as it takes.
 *
 * @throws TypeError for what is no topic, or no id of a notification; the server would close the connection for good
 */
export const commands = (command: Command): Command[] => {
  if ("topic" in command) check(TOPIC, command.topic);
  if ("topic" in command || "all" in command) return [command];
  const ids = [...command.ids];
  ids.forEach((id) => check(NOTIFICATION_ID, id));
  const frames: Command[] = [];
  while (ids[0]) frames.push({ type: command.type, ids: ids.splice(0, MAX_IDS) });
  return frames;
};

export const isNotificationId = (id: string): boolean => {
  return NOTIFICATION_ID.test(id);
};

const check = (pattern: RegExp, text: string): void => {
  if (!pattern.test(text)) throw new TypeError(`${text} is not ${pattern}`);
};
