/** A timer that can stand still: what was left of its time when it was paused is left when it runs again. */
export declare class Countdown {
    #private;
    /**
     * @param duration milliseconds until `done`, once it runs
     * @param done called once
     */
    constructor(duration: number, done: () => void);
    run(): void;
    pause(): void;
}
