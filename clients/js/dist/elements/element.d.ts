import type { NotifierClient } from "../client.js";
import { type Texts, type Words } from "./texts.js";
declare const Base: typeof HTMLElement;
/** What the elements have in common: a client, found by address or given; texts; a shadow tree that is drawn anew when one of them changes. */
export declare abstract class NotifierElement extends Base {
    #private;
    static readonly observedAttributes: readonly string[];
    /** The style sheet of all elements. */
    static styles: string;
    /** Puts the element's content into its empty shadow tree. What it listens to and started ends with the signal. */
    protected abstract draw(root: ShadowRoot, client: NotifierClient, words: Words, signal: AbortSignal): void;
    /** A client of the page's own, which the page connects; null: the page's one for `url` is used. */
    get client(): NotifierClient | null;
    set client(client: NotifierClient | null);
    /** Any of the texts, in the page's words. What is read is a copy. */
    get texts(): Texts;
    set texts(texts: Texts);
    connectedCallback(): void;
    disconnectedCallback(): void;
    attributeChangedCallback(_name: string, last: string | null, value: string | null): void;
}
export {};
