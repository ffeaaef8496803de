import { NotifierClient } from "../client.js";
/**
 * The page's one client for an address, which is connected as long as someone uses it.
 *
 * @param tokenUrl where a connection token is got, as text or as `{"token"}`; "" for the session cookie
 * @returns the client, and the function that gives it back
 */
export declare function borrow(url: string, tokenUrl: string): {
    client: NotifierClient;
    giveBack: () => void;
};
