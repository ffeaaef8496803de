import type { ServerFrame } from "./frames.js";

/** A frame of a known type that is not as the protocol says. The message names the field at fault. */
export class MalformedFrame extends Error {
  override name = "MalformedFrame";
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isSeq: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isEntrySeq: Check = (value) => isSeq(value) && value !== 0; // 0 is the cursor before the first entry.
const isPositive: Check = (value) => typeof value === "number" && value > 0;
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isSeqs: Check = (value) => isObject(value) && Object.values(value).every(isSeq);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isTextsIfGiven: Check = (value) => value === undefined || isTexts(value);
const isTime: Check = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const isTimeOrNull: Check = (value) => value === null || isTime(value);
const isLevel: Check = (value) =>
  value === "info" || value === "success" || value === "warning" || value === "error";

const NOTIFICATION: Readonly<Record<string, Check>> = {
  id: isText,
  title: isText,
  body: isText,
  level: isLevel,
  category: isText,
  url: isText,
  icon: isText,
  data: isObject,
  created: isTime,
};

export const isNotification: Check = (value) =>
  isObject(value) && Object.entries(NOTIFICATION).every(([field, check]) => check(value[field]));

const isBanner = (value: unknown): boolean =>
  isObject(value) && isText(value["text"]) && isLevel(value["level"]) && isTimeOrNull(value["until"]);
const isBannerIfGiven: Check = (value) => value === undefined || isBanner(value);

/** Every server frame by its type, and every field that it must have. A map, for a type named "constructor". */
const FRAMES = new Map<string, Readonly<Record<string, Check>>>([
  [
    "welcome",
    {
      connection: isText,
      user: isText,
      epoch: isText,
      streams: isSeqs,
      heads: isSeqs,
      recovered: isFlag,
      unread: isSeq,
      ping: isPositive,
      expires: isTimeOrNull,
      banner: isBannerIfGiven,
    },
  ],
  ["notification", { stream: isText, seq: isEntrySeq, replayed: isFlag, notification: isNotification }],
  [
    "state",
    {
      unread: isSeq,
      heads: isSeqs,
      read: isTexts,
      all: isFlag,
      unmarked: isTextsIfGiven,
      archived: isTextsIfGiven,
      unarchived: isTextsIfGiven,
    },
  ],
  ["followed", { topic: isText, stream: isText, seq: isSeq }],
  ["unfollowed", { topic: isText, stream: isText }],
  ["refreshed", { expires: isTimeOrNull }],
  ["reset", { stream: isText, oldest: isSeq, seq: isSeq }],
  ["error", { code: isText, message: isText, field: isText }],
  ["banner", {}],
  ["pong", {}],
]);

/**
 * Reads one message of the server. Fields that the protocol does not name are left alone.
 *
 * @returns the frame, or null for a type that this version does not know, which is to be ignored
 * @throws MalformedFrame when the text is not a JSON object with a `type`, or a known frame lacks a field
 */
export function parseServerFrame(text: string): ServerFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedFrame("The frame is not JSON.");
  }
  if (!isObject(value)) throw new MalformedFrame("The frame is not an object.");
  const type = value["type"];
  if (typeof type !== "string") throw new MalformedFrame("The frame has no type.");
  const fields = FRAMES.get(type);
  if (fields === undefined) return null;
  // All of its fields, or none of them.
  if (type === "banner" && value["text"] !== undefined && !isBanner(value)) {
    throw new MalformedFrame("The banner frame has no valid text, level and until.");
  }
  for (const [field, check] of Object.entries(fields)) {
    if (!check(value[field])) throw new MalformedFrame(`The ${type} frame has no valid ${field}.`);
  }
  return value as unknown as ServerFrame;
}
