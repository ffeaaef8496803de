import type { ServerFrame } from "./frames.js";
/** A frame of a known type that is not as the protocol says. The message names the field at fault. */
export declare class MalformedFrame extends Error {
}
export declare const isObject: (value: unknown) => value is Record<string, unknown>;
/** The first field that is missing, or of a kind that it must not be; `fields` are written as those of frames. */
export declare function fault(value: Record<string, unknown>, fields: string): string | undefined;
export declare const isNotification: (value: unknown) => boolean;
/**
 * Reads one message of the server. Fields that the protocol does not name are left alone.
 *
 * @returns the frame, or null for a type that this version does not know, which is to be ignored
 * @throws MalformedFrame when the text is not a JSON object with a `type`, or a known frame lacks a field
 */
export declare function parseServerFrame(text: string): ServerFrame | null;
