import type { Level, Notification } from "../frames.js";
import type { NotifierClient } from "../client.js";
import type { NotificationDetail } from "../events.js";
import { chime, tellSystem } from "./attention.js";
import { Claims } from "./claims.js";
import type { ToastStack } from "./toaststack.js";

/** So many that came while away are still shown one by one. */
const FEW = 3;

/** Silence after which nothing more is expected, in milliseconds: the newest entry may have expired meanwhile. */
const QUIET = 1_500;

/** How long a hidden tab waits for a visible one to show it, in milliseconds, before the system tells it. */
const CLAIM = 500;

/** Of more than these only the number is kept. */
const MOST_GATHERED = 1_000;

const BY_WEIGHT: readonly Level[] = ["error", "warning", "success", "info"];

/** What came while nobody looked. */
class Gathered {
  readonly #kept = new Map<string, Notification>();
  #beyond = 0;

  add(notification: Notification): void {
    if (this.#kept.size < MOST_GATHERED) this.#kept.set(notification.id, notification);
    else this.#beyond += 1;
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Forgets what was shown elsewhere, or is read. */
  remove(ids: readonly string[]): void {
    for (const id of ids) this.#kept.delete(id);
  }

  clear(): void {
    this.#kept.clear();
    this.#beyond = 0;
  }

  /** Shows it, and returns the ids. */
  showOn(stack: ToastStack): string[] {
    const all = [...this.#kept.values()];
    const count = all.length + this.#beyond;
    const of = (level: Level): number => all.filter((each) => each.level === level).length;
    if (count <= FEW) {
      for (const notification of all) stack.show(notification);
    } else {
      const { words } = stack;
      const troubles = [
        [of("error"), "errors"],
        [of("warning"), "warnings"],
      ] as const;
      const body = troubles.filter(([number]) => number > 0).map(([number, key]) => words.say(key, number));
      // A summary that holds an error stays until it is dismissed, as the error would have.
      stack.showSummary(words.say("whileAway", count), body.join(", "), BY_WEIGHT.find((each) => of(each) > 0) ?? "info");
    }
    this.clear();
    return all.map(({ id }) => id);
  }
}

/**
 * Shows what a client receives on a stack of toasts. What is live is shown at once, in the tab that is in front. What was missed, and
 * what comes while the page is not looked at, is gathered: up to three are shown one by one, more become one toast that
 * says how many. The gathering ends when all that was missed has come, or nothing comes for 1.5 s, but not
 * before the page is in front; what another tab showed by then is left out.
 *
 * @param sound whether one is to be heard with what is live; asked each time
 * @param system whether the system is to tell what comes while no tab is visible, if the person allowed it; asked each time
 * @param signal ends it; what is gathered then is not shown
 */
export function attach(
  client: NotifierClient,
  stack: ToastStack,
  sound: () => boolean,
  system: () => boolean,
  signal: AbortSignal,
): void {
  const gathered = new Gathered();
  /** Where each came from: what has become read reaches up to a place in each stream. */
  const places = new WeakMap<Notification, NotificationDetail>();
  let claims: Claims | undefined;
  let catchingUp = false;
  let quiet: ReturnType<typeof setTimeout> | undefined;

  const isLookedAt = (): boolean => client.inFront && !document.hidden;

  const finish = (): void => {
    clearTimeout(quiet);
    catchingUp = false;
    if (isLookedAt()) claims?.claim(gathered.showOn(stack));
  };

  const awaitQuiet = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(finish, QUIET);
  };

  const look = (): void => {
    if (!catchingUp) finish();
  };

  /** Nobody sees the page. If no other tab shows it, the one that holds the socket lets the system tell. */
  const tellOutside = (notification: Notification): void => {
    const { id } = notification;
    if (!client.leads || signal.aborted || !gathered.has(id)) return;
    if (sound()) chime();
    if (system()) tellSystem(notification, () => client.read([id]));
  };

  client.addEventListener(
    "notification",
    ({ detail }) => {
      const { notification, replayed } = detail;
      places.set(notification, detail);
      if (!replayed && isLookedAt()) {
        stack.show(notification);
        claims?.claim([notification.id]);
        if (sound()) chime();
        return;
      }
      gathered.add(notification);
      if (replayed) awaitQuiet();
      else setTimeout(() => tellOutside(notification), CLAIM);
    },
    { signal },
  );
  client.addEventListener(
    "welcome",
    ({ detail: { user } }) => {
      catchingUp = true;
      awaitQuiet();
      claims?.close();
      claims = new Claims(user, (ids) => gathered.remove(ids));
    },
    { signal },
  );
  client.addEventListener(
    "state",
    ({ detail }) => {
      const { read, all, archived, heads } = detail;
      const ids = [...read, ...archived];
      gathered.remove(ids);
      if (all) gathered.clear();
      stack.remove((notification) => {
        if (notification === null) return all;
        const place = places.get(notification);
        return ids.includes(notification.id) || (all && place !== undefined && place.seq <= (heads[place.stream] ?? 0));
      });
    },
    { signal },
  );
  client.addEventListener("caughtup", finish, { signal });
  client.addEventListener("front", look, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", () => {
    claims?.close();
    clearTimeout(quiet);
  });
}
