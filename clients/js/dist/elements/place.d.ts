/** Puts a fixed panel below its button, or above where there is more room, towards the middle of the window and within it. */
export declare function place({ style, offsetWidth }: HTMLElement, button: HTMLElement): void;
