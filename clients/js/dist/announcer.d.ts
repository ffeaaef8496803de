import type { Level } from "./frames.js";
/**
 * Two live regions that exist before they speak: errors and warnings interrupt, the rest waits its turn. They hold nothing but text,
 * and that only until it was taken: whoever reads the page finds each toast once.
 */
export declare class Announcer {
    #private;
    constructor(parent: ParentNode);
    say(text: string, level: Level): void;
}
