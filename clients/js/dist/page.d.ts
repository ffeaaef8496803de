import type { Where } from "./encode.js";
import type { Parts } from "./source.js";
/** What operators are shown of the page: its path, never its query, which may hold secrets, and whether it is seen. */
export declare const whereabouts: () => Where;
/** Tells a client what becomes of the page and its network, where there is a page. Returns what ends that. */
export declare function watchPage({ session, source }: Parts): AbortController;
