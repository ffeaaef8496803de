import { type Where } from "./encode.js";
import type { Banner, ClientFrame, Command, WelcomeFrame } from "./frames.js";
import type { Parts } from "./source.js";
export type Session = ReturnType<typeof createSession>;
/** What is said on a connection, and what is remembered from one connection to the next. */
export declare function createSession(parts: Parts): {
    turnTo: (user: string) => void;
    say: (frame: ClientFrame) => void;
    restore: (commands: readonly Command[]) => void;
    probe: (always: boolean) => void;
    /** Unread notifications. */
    readonly unread: number;
    readonly welcomed: WelcomeFrame | null;
    readonly banner: Banner | null;
    /**
     * A connection is open: says hello.
     *
     * @param resume the cursors to resume from
     */
    begin(to: (text: string) => void, resume: [string, number][]): void;
    /** The connection is gone. */
    end(): void;
    /** Stores and acknowledges what was handled so far. */
    save(): void;
    /** Tells the server whether the page is seen, and where it is, if that is news, or `always`. Of another tab's page it is told where that is. */
    look(where?: Where, always?: boolean): void;
    /** @throws TypeError for what the server would not take */
    command(command: Command): void;
    /** The person has these before their eyes. @throws TypeError for what is no id of a notification */
    saw(ids: readonly string[]): void;
    received(text: string): void;
};
