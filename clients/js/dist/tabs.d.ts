import type { StatusDetail } from "./events.js";
import type { Command } from "./frames.js";
import type { SocketLike } from "./options.js";
/** What the leader tells. */
export interface Told {
    /** A frame of the server. */
    readonly text?: string;
    /** How its line stands. */
    readonly status?: StatusDetail | undefined;
}
export interface TabsListener {
    /** This tab leads from now on, or another one does: what is connected is to connect anew. */
    turned(): void;
    /** There is a leader, and this tab has no link to it. */
    spoken(): void;
    /** As the leader: a follower sent a frame. Returns the answer. @throws for what the server would not take */
    asked(text: string): Told;
}
export type Tabs = ReturnType<typeof createTabs>;
/**
 * The tabs of this browser that show the same person's notifications. One of them leads: it holds the socket, and the
 * others have a link to it. Whoever holds the lock leads; a leader that does not answer loses it to a tab that asked.
 *
 * @param group tells apart what must not be shared: the address, and the person
 */
export declare function createTabs(group: string, { turned, spoken, asked }: TabsListener): {
    ask: (frame: {
        readonly type: string;
    }) => void;
    unanswered: () => Command[];
    readonly leads: boolean;
    /** A link to the leader. */
    openLink(): SocketLike;
    /** As the leader: to all. */
    tell(told: Told): void;
    /** This tab is none of them any more. Returns the commands that may not have arrived. */
    leave(): Command[];
};
