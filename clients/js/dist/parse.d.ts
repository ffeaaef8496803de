import type { ServerFrame } from "./frames.js";
/** The first field that is missing, or of a kind that it must not be; `fields` are written as those of frames. @throws TypeError for null */
export declare const fault: (value: any, fields: string) => string | undefined;
/**
 * Reads one message of the server. Fields that the protocol does not name are left alone.
 *
 * @returns the frame, or null for a type that this version does not know, which is to be ignored
 * @throws SyntaxError for what is no JSON; TypeError for what is no object with a `type`, or a known frame that lacks a field, which it names
 */
export declare function parseServerFrame(text: string): ServerFrame | null;
