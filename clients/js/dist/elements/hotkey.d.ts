/** Reads "F8" or "Alt+T": a key with the modifiers that must be held, no others. "" is no key at all. */
export declare function hotkey(text: string): (event: KeyboardEvent) => boolean;
