import type { ServerFrame } from "./frames.js";

/** A frame of a known type that is not as the protocol says. The message names the field at fault. */
export class MalformedFrame extends Error {}

/**
 * The fields that the client relies on, with the kinds that they may be of (a text unless said): `0` null, `a` list, `b` flag,
 * `n` number above 0, `o` object, `s` text, `t` list of texts, `u` left out, `z` the number 0.
 */
const FIELDS: Readonly<Record<string, string>> = {
  welcome: "user epoch streams:o heads:o unread:nz ping:n expires:0s banner:ou",
  notification: "stream seq:n notification:o",
  state: "unread:nz heads:o read:t unmarked:tu archived:tu unarchived:tu",
  followed: "stream seq:nz",
  unfollowed: "stream",
  refreshed: "expires:0s",
  reset: "stream seq:nz",
  error: "code",
  banner: "text level",
  pong: "type",
};

/** The same for what stands inside of a frame. */
const INNER: Readonly<Record<string, string>> = {
  notification: "id title body level url icon data:o",
  banner: FIELDS["banner"]!,
};

function kindOf(value: any): string {
  if (value === null) return "0";
  if (Array.isArray(value)) return value.every((each) => typeof each === "string") ? "t" : "a";
  return typeof value === "number" ? (value > 0 ? "n" : value === 0 ? "z" : "-") : (typeof value)[0]!;
}

export const isObject = (value: unknown): value is Record<string, unknown> => kindOf(value) === "o";

/** The first field that is missing, or of a kind that it must not be; `fields` are written as those of frames. */
export function fault(value: Record<string, unknown>, fields: string): string | undefined {
  return fields.split(" ").find((field) => {
    const [name = "", kinds = "s"] = field.split(":");
    const inner = value[name];
    return !kinds.includes(kindOf(inner)) || (INNER[name] && isObject(inner) && fault(inner, INNER[name]));
  });
}

export const isNotification = (value: unknown): boolean => !fault({ notification: value }, "notification:o");

/**
 * Reads one message of the server. Fields that the protocol does not name are left alone.
 *
 * @returns the frame, or null for a type that this version does not know, which is to be ignored
 * @throws MalformedFrame when the text is not a JSON object with a `type`, or a known frame lacks a field
 */
export function parseServerFrame(text: string): ServerFrame | null {
  let frame: any;
  try {
    frame = JSON.parse(text);
  } catch {
    // It has no type then.
  }
  const { type, text: shown } = frame ?? {};
  if (typeof type !== "string") throw new MalformedFrame("no type");
  if (!Object.hasOwn(FIELDS, type)) return null;
  // All fields of a banner, or none of them.
  const wrong = (type !== "banner" || shown !== undefined) && fault(frame, FIELDS[type]!);
  if (wrong) throw new MalformedFrame(`${type}: ${wrong}`);
  return frame;
}
