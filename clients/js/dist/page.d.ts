import type { Where } from "./encode.js";
import type { Parts } from "./source.js";
/** What operators are shown of the page: its path, never its query, which may hold secrets, and whether it is seen. */
export declare function whereabouts(): Where;
/** Tells a client, until the signal, what becomes of the page and its network, where there is a page. */
export declare function watchPage({ session, source }: Parts, signal: AbortSignal): void;
