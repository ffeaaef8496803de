/**
 * Finds connections that are dead without having been closed: after sleep, behind a router that forgot, in a
 * tunnel. It goes by the wall clock, for timers stand still while a laptop sleeps and the clock does not.
 *
 * @param ping sends a ping
 * @param dead called once when no frame followed a ping
 */
export declare function createWatchdog(ping: () => void, dead: () => void): {
    stop: () => void;
    /** @param silent milliseconds of silence after which to ping */
    start(silent: number): void;
    /** A frame came: the connection lives. */
    heard(): void;
    /**
     * The page woke, or the network changed: pings at once and waits only shortly.
     *
     * @param always also when something was heard within the interval
     */
    probe(always: boolean): void;
};
