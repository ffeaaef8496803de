export type TabLock = ReturnType<typeof createTabLock>;
/**
 * One thing of which only one tab of the browser can have hold at a time. It is free as soon as that tab is gone, however it went.
 *
 * @param changed called when this tab got hold of it or lost it; not for what this tab released
 */
export declare const createTabLock: (name: string, changed: (isHeld: boolean) => void) => {
    want: (steal?: boolean) => void;
    release: () => void;
    readonly isHeld: boolean;
};
