export { BACKOFF_BASE, BACKOFF_CAP, BACKOFF_GROWTH, backoff } from "./backoff.js";
export { NotifierClient } from "./client.js";
export { CloseCode, closeReason, isRefusal } from "./closecodes.js";
export { type CursorStorage, MemoryStorage } from "./cursors.js";
export type {
  ErrorDetail,
  FrontDetail,
  NotificationDetail,
  NotifierEvents,
  StateDetail,
  Status,
  StatusDetail,
} from "./events.js";
export type * from "./frames.js";
export { safeHref } from "./links.js";
export type { NotifierOptions, SocketConstructor, SocketLike } from "./options.js";
export { parseServerFrame } from "./parse.js";
export { InboxError, type InboxPage, type InboxQuery, type InboxView } from "./rest.js";
export { sharedTabs } from "./sharing.js";
export type { TabSharing } from "./source.js";
