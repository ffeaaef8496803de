import type { NotifierClient } from "./client.js";
import { isNotificationId } from "./encode.js";
import type { NotificationDetail } from "./events.js";
import type { Level, Notification } from "./frames.js";
import type { ToastStack } from "./toasts.js";

/** So many that came while away are still shown one by one. */
const FEW = 3;

/** Silence after which nothing more is expected, in milliseconds: the newest entry may have expired meanwhile. */
const QUIET = 1_500;

const BY_WEIGHT: readonly Level[] = ["error", "warning", "success", "info"];

/** What came while nobody looked: counted, and the first few kept. */
class Gathered {
  readonly #first: Notification[] = [];
  readonly #counts: Record<Level, number> = { error: 0, warning: 0, success: 0, info: 0 };
  #count = 0;

  add(notification: Notification): void {
    this.#count += 1;
    this.#counts[notification.level] += 1;
    if (this.#first.length < FEW) this.#first.push(notification);
  }

  showOn(stack: ToastStack): void {
    if (this.#count <= FEW) {
      for (const notification of this.#first) stack.show(notification);
      return;
    }
    // A summary that holds an error stays until it is dismissed, as the error would have.
    const level = BY_WEIGHT.find((each) => this.#counts[each] > 0) ?? "info";
    stack.showSummary(`${this.#count} notifications while you were away`, this.#troubles(), level);
  }

  #troubles(): string {
    const { error, warning } = this.#counts;
    const parts: string[] = [];
    if (error > 0) parts.push(`${error} ${error === 1 ? "error" : "errors"}`);
    if (warning > 0) parts.push(`${warning} ${warning === 1 ? "warning" : "warnings"}`);
    return parts.join(", ");
  }
}

/**
 * Shows what a client receives on a stack of toasts. What is live is shown at once. What was missed, and what
 * comes while the page is hidden, is gathered: up to three are shown one by one, more become one toast that
 * says how many. The gathering ends when all that was missed has come, or nothing comes for 1.5 s, but not
 * before the page is visible. Whose toasts were visible the server is told as seen.
 *
 * @returns the function that ends it; what is gathered then is not shown
 */
export function attach(client: NotifierClient, stack: ToastStack): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let gathered: Gathered | null = null;
  let catchingUp = false;
  let quiet: ReturnType<typeof setTimeout> | undefined;

  const isHidden = (): boolean => document.visibilityState === "hidden";

  const finish = (): void => {
    clearTimeout(quiet);
    catchingUp = false;
    if (isHidden()) return;
    const batch = gathered;
    gathered = null;
    batch?.showOn(stack);
  };

  const awaitQuiet = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(finish, QUIET);
  };

  const receive = ({ detail }: CustomEvent<NotificationDetail>): void => {
    if (!detail.replayed && !isHidden()) {
      stack.show(detail.notification);
      return;
    }
    gathered ??= new Gathered();
    gathered.add(detail.notification);
    if (detail.replayed) awaitQuiet();
  };

  // A page may show toasts of its own on this stack.
  stack.watch((ids) => client.seen(ids.filter(isNotificationId)));
  client.addEventListener("notification", receive, { signal });
  client.addEventListener(
    "welcome",
    () => {
      catchingUp = true;
      awaitQuiet();
    },
    { signal },
  );
  client.addEventListener("caughtup", finish, { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (!catchingUp) finish();
    },
    { signal },
  );
  return () => {
    stop.abort();
    stack.watch(null);
    clearTimeout(quiet);
  };
}
