/** The part of the browser's WebSocket that the client needs. */
export interface SocketLike {
    readonly readyState: number;
    send(text: string): void;
    close(code?: number, reason?: string): void;
    addEventListener(type: "open" | "message" | "close" | "error", listener: (event: any) => void): void;
}
/** A constructor of WebSockets: the browser's, or that of a package where there is none. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;
/** What happens on a connection. Nothing is called after `closed`, or after {@link Connection.abandon}. */
export interface ConnectionListener {
    opened(): void;
    received(text: string): void;
    closed(code: number, reason: string): void;
}
/** One WebSocket, which can be let go of at once. */
export declare class Connection {
    #private;
    /** @throws SyntaxError when a subprotocol (the token) holds characters that a header cannot carry */
    constructor(Socket: SocketConstructor, url: string, protocols: string[], listener: ConnectionListener);
    send(text: string): void;
    /** Begins to close; `closed` follows. */
    close(code: number, reason: string): void;
    /** Closes without waiting for the other side, which may be gone: no more is heard of this connection. */
    abandon(): void;
}
