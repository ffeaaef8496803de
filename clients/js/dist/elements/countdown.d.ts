export type Countdown = ReturnType<typeof createCountdown>;
/**
 * A timer that can stand still: what was left of its time when it was paused is left when it runs again.
 *
 * @param left milliseconds until `done`, once it runs
 * @param done called once
 */
export declare function createCountdown(left: number, done: () => void): (runs: boolean) => void;
