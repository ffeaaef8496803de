export type Front = ReturnType<typeof createFront>;
/**
 * Whether this is the tab that the person looks at: of those that are visible, the one that was focused last.
 *
 * @param changed called when `isHeld` is another than before
 */
export declare function createFront(name: string, changed: () => void): {
    readonly isHeld: boolean;
    /** This tab is none of them any more. */
    leave(): void;
};
