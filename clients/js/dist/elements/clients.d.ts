import { NotifierClient } from "../client.js";
/**
 * The page's one client for an address, which is connected as long as someone uses it.
 *
 * @param tokenUrl where a connection token is got, as text or as `{"token"}`; "" for the session cookie
 * @param signal gives it back
 */
export declare function borrow(url: string, tokenUrl: string, signal: AbortSignal): NotifierClient;
