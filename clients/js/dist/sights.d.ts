/**
 * Gathers what the person saw, so that it is told in few frames, and each notification once.
 *
 * @param tell called with the ids of what was seen since its last call
 */
export declare function createSights(tell: (ids: string[]) => void): {
    flush: () => void;
    /** These were seen now. */
    add(ids: readonly string[]): void;
    /** Forgets everything: someone else is signed in. */
    forget(): void;
};
