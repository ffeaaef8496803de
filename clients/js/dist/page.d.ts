import type { Where } from "./encode.js";
/** What the page tells a connection. Each is called at the event, without arguments. */
export interface PageListener {
    /** The network came back. */
    online(): void;
    /** The network went away, or so the browser thinks. */
    offline(): void;
    /** The page became visible, or was turned to: a laptop that wakes changes nothing about what is visible. */
    visible(): void;
    /** The page is being hidden or left; it may not run again. */
    leaving(): void;
    /** The page is left, perhaps to be returned to. */
    left(): void;
    /** The page was returned to, as it was. */
    returned(): void;
}
/** What operators are shown of the page: its path, never its query, which may hold secrets, and whether it is seen. */
export declare function whereabouts(): Where;
/** Listens to the page, where there is one. Returns the function that stops it. */
export declare function watchPage(listener: PageListener): () => void;
