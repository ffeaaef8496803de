import type { Parts, Source } from "./source.js";
export declare const CONNECTING = 0;
export declare const OPEN = 1;
export declare const CLOSING = 2;
export declare const CLOSED = 3;
/** The way to the server: a WebSocket that is made anew after whatever closed it, until it is closed or refused. */
export declare function createLine(parts: Parts): Source;
