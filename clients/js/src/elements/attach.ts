import type { Notification } from "../frames.js";
import type { NotifierClient } from "../client.js";
import type { NotificationDetail } from "../events.js";
import { listen } from "../listen.js";
import { chime, tellSystem } from "./attention.js";
import type { ToastStack } from "./toaststack.js";

/** So many that came while away are still shown one by one. */
const FEW = 3;

/** Silence after which nothing more is expected, in milliseconds: the newest entry may have expired meanwhile. */
const QUIET = 1_500;

/** How long a hidden tab waits for a visible one to show it, in milliseconds, before the system tells it. */
const CLAIM = 500;

/** Of more than these only the number is kept. */
const MOST_GATHERED = 1_000;

/**
 * Shows what a client receives on a stack of toasts. What is live is shown at once, in the tab that is in front. What was missed, and
 * what comes while the page is not looked at, is gathered: up to three are shown one by one, more become one toast that
 * says how many. The gathering ends when all that was missed has come, or nothing comes for 1.5 s, but not
 * before the page is in front; what another tab showed by then is left out.
 *
 * @param toasts whether it has the attribute `sound` says whether one is to be heard with what is live; `system`, whether the
 * system is to tell what comes while no tab is visible, if the person allowed it
 * @param signal ends it; what is gathered then is not shown
 */
export function attach(
  client: NotifierClient,
  stack: ToastStack,
  toasts: Element,
  signal: AbortSignal,
): void {
  /** What came while nobody looked, by its id. */
  const gathered = new Map<string, Notification>();
  /** Where each came from: what has become read reaches up to a place in each stream. */
  const places = new WeakMap<Notification, NotificationDetail>();
  /** How many came beyond what is kept. */
  let beyond = 0;
  /** Where the tabs tell each other what was shown, and to whom: a person is to see it once. */
  const shown = new BroadcastChannel("notifier shown");
  /** Runs while more of what was missed may come. */
  let quiet = 0;

  const isLookedAt = (): boolean => client.inFront && !document.hidden;

  const sound = (): unknown => toasts.hasAttribute("sound") && chime();

  const claim = (ids: readonly string[]): void => shown.postMessage([client.user, ids]);

  /** Forgets what was shown elsewhere, or is read. */
  const forget = (ids: readonly string[]): void => ids.forEach((id) => gathered.delete(id));

  const clear = (): void => {
    gathered.clear();
    beyond = 0;
  };

  const showGathered = (): void => {
    const all = [...gathered.values()];
    const count = all.length + beyond;
    claim([...gathered.keys()]);
    clear();
    if (count <= FEW) return all.forEach(stack.show);
    // A summary that holds an error stays until it is dismissed, as the error would have.
    const hasError = all.some(({ level }) => level === "error");
    stack.showSummary(stack.words.say("whileAway", count), "", hasError ? "error" : "info");
  };

  const finish = (): void => {
    clearTimeout(quiet);
    quiet = 0;
    if (isLookedAt()) showGathered();
  };

  const awaitQuiet = (): void => {
    clearTimeout(quiet);
    quiet = window.setTimeout(finish, QUIET);
  };

  const look = (): void => {
    if (!quiet) finish();
  };

  /** Nobody sees the page. If no other tab shows it, the one that holds the socket lets the system tell. */
  const tellOutside = (notification: Notification): void => {
    if (!client.leads || signal.aborted || !gathered.has(notification.id)) return;
    sound();
    if (toasts.hasAttribute("system")) tellSystem(notification);
  };

  listen(
    client,
    "notification",
    ({ detail }) => {
      const { notification, replayed } = detail;
      const { id } = notification;
      places.set(notification, detail);
      if (!replayed && isLookedAt()) {
        stack.show(notification);
        claim([id]);
        sound();
        return;
      }
      if (gathered.size < MOST_GATHERED) gathered.set(id, notification);
      else beyond += 1;
      if (replayed) awaitQuiet();
      else setTimeout(() => tellOutside(notification), CLAIM);
    },
    signal,
  );
  shown.onmessage = ({ data: [user, ids] }) => user === client.user && forget(ids);
  listen(client, "welcome", awaitQuiet, signal);
  listen(
    client,
    "state",
    ({ detail: { read, all, archived, heads } }) => {
      const ids = [...read, ...archived];
      forget(ids);
      if (all) clear();
      stack.remove((notification) => {
        if (!notification) return all;
        const place = places.get(notification);
        return ids.includes(notification.id) || (all && !!place && place.seq <= (heads[place.stream] ?? 0));
      });
    },
    signal,
  );
  listen(client, "caughtup", finish, signal);
  listen(client, "front", look, signal);
  listen(document, "visibilitychange", look, signal);
  listen(signal, "abort", () => {
    shown.close();
    clearTimeout(quiet);
  });
}
