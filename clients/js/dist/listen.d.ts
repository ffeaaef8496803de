import type { NotifierClient } from "./client.js";
import type { NotifierEvents } from "./events.js";
type Listener<Given> = (event: Given) => unknown;
/** Adds a listener, until the signal. */
export declare function listen<Type extends keyof NotifierEvents>(client: NotifierClient, type: Type, listener: Listener<CustomEvent<NotifierEvents[Type]>>, signal: AbortSignal): void;
export declare function listen<Type extends keyof HTMLElementEventMap>(target: EventTarget, type: Type, listener: Listener<HTMLElementEventMap[Type]>, signal?: AbortSignal): void;
export declare function listen(target: EventTarget, type: string, listener: Listener<any>, signal?: AbortSignal): void;
export {};
