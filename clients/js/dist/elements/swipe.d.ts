/** Lets a finger, a pen or the mouse push an element away to either side. */
export declare function swipeable(element: HTMLElement, gone: () => void): void;
