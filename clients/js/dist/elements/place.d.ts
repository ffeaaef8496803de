/** Puts a fixed panel below its button, or above where there is more room, and within the window; a small window it fills. */
export declare function place(panel: HTMLElement, button: HTMLElement): void;
