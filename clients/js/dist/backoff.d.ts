/** The ceiling of the first wait, in milliseconds. */
export declare const BACKOFF_BASE = 500;
/** How much the ceiling grows with each attempt. Twice would leave one in ten still waiting 5 s after a restart of 3 s; so it is one in a hundred. */
export declare const BACKOFF_GROWTH = 1.5;
/** The ceiling that no wait exceeds, in milliseconds. */
export declare const BACKOFF_CAP = 20000;
/**
 * How long to wait before the next attempt, in milliseconds: anywhere between 0 and a ceiling that grows
 * by half from 0.5 s to 20 s. The whole range is drawn from (full jitter), so that ten thousand browsers which lost
 * one server at the same moment do not come back at the same moment.
 *
 * @param attempt how many attempts have failed before this wait, from 0
 * @param random a source of numbers in [0, 1)
 */
export declare function backoff(attempt: number, random?: () => number): number;
