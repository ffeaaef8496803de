import { type Where } from "./encode.js";
import type { Command } from "./outbox.js";
/** What a tab asks of the one that holds the socket. */
export type Asked = {
    readonly kind: "commands";
    readonly commands: readonly Command[];
} | {
    readonly kind: "page";
    readonly where: Where;
} | {
    readonly kind: "ping";
};
/**
 * Reads what another tab sent, and makes the frames anew: whatever runs in that tab, the server is never sent what would
 * close the connection. Null for what is nothing of the kind.
 */
export declare function readAsked(text: string): Asked | null;
