import type { ServerFrame } from "./frames.js";

/**
 * The fields that the client relies on, with the kinds that they may be of (a text unless said): `0` null, `a` list, `n` number,
 * `o` object, `s` text, `t` list of texts, `u` left out, `z` the number 0.
 */
const FIELDS: Readonly<Record<string, string>> = {
  welcome: "user epoch streams:o heads:o unread:nz ping:n expires:0s banner:0ou",
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

const NOTIFICATION = "id title body level url icon data:o";

/** The same for what stands inside of a field, or of each entry of its list. */
const INNER: Readonly<Record<string, string>> = {
  notification: NOTIFICATION,
  notifications: NOTIFICATION,
  banner: FIELDS["banner"]!,
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.every((each) => typeof each === "string") ? "t" : "a";
  return value === null ? "0" : value === 0 ? "z" : (typeof value)[0]!;
};

/** The first field that is missing, or of a kind that it must not be; `fields` are written as those of frames. @throws TypeError for null */
export const fault = (value: any, fields: string): string | undefined => {
  return fields.split(" ").find((field) => {
    const [name = "", kinds = "s"] = field.split(":");
    const inner = value[name];
    return !kinds.includes(kindOf(inner)) || (inner && INNER[name] && [inner].flat().some((each) => fault(each, INNER[name]!)));
  });
};

/**
 * Reads one message of the server. Fields that the protocol does not name are left alone.
 *
 * @returns the frame, or null for a type that this version does not know, which is to be ignored
 * @throws SyntaxError for what is no JSON; TypeError for what is no object with a `type`, or a known frame that lacks a field, which it names
 */
export function parseServerFrame(text: string): ServerFrame | null {
  const frame = JSON.parse(text);
  const { type } = frame;
  const isKnown = Object.hasOwn(FIELDS, type);
  // All fields of a banner, or none of them.
  const isEmpty = type === "banner" && frame.text === undefined;
  const wrong = !isEmpty && fault(frame, isKnown ? FIELDS[type]! : "type");
  if (wrong) throw new TypeError(`${type}: ${wrong}`);
  return isKnown ? frame : null;
}
