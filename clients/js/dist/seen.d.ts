/** Remembers the newest `capacity` ids, so that what comes through two streams is shown once. */
export declare class Seen {
    #private;
    constructor(capacity?: number);
    /** Notes the id as just seen. Returns true when it was not remembered yet. */
    add(id: string): boolean;
    clear(): void;
}
