/** A text, or one for each plural form of the language; `{count}` becomes the number. */
export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;

/** Every text of the elements, in English. `texts` of an element takes any of them in your words. */
export const TEXTS = {
  /** The bell, its panel, and the region of the toasts. */
  notifications: "Notifications" as Text,
  /** Behind the name of the bell, when something is unread. */
  unread: "{count} unread" as Text,
  all: "All" as Text,
  onlyUnread: "Unread" as Text,
  archived: "Archived" as Text,
  markAllRead: "Mark all read" as Text,
  markRead: "Mark as read" as Text,
  markUnread: "Mark as unread" as Text,
  archive: "Archive" as Text,
  unarchive: "Move to inbox" as Text,
  close: "Close" as Text,
  dismiss: "Dismiss" as Text,
  loading: "Loading…" as Text,
  loadMore: "Load more" as Text,
  failed: "The notifications could not be loaded." as Text,
  retry: "Try again" as Text,
  empty: "You are all caught up" as Text,
  emptyHint: "What is new appears here." as Text,
  emptyUnread: "Nothing unread" as Text,
  emptyArchived: "Nothing archived" as Text,
  connecting: "Connecting…" as Text,
  offline: "Offline. It comes back by itself." as Text,
  refused: "Disconnected." as Text,
  reconnect: "Reconnect" as Text,
  systemOffer: "Be told while this page is in the background?" as Text,
  systemAllow: "Turn on" as Text,
  /** What waits behind the visible toasts. */
  more: "+{count} more" as Text,
  moreNotifications: { one: "{count} more notification", other: "{count} more notifications" } as Text,
  whileAway: "{count} while you were away" as Text,
  errors: { one: "{count} error", other: "{count} errors" } as Text,
  warnings: { one: "{count} warning", other: "{count} warnings" } as Text,
  info: "Information" as Text,
  success: "Success" as Text,
  warning: "Warning" as Text,
  error: "Error" as Text,
};

export type Texts = typeof TEXTS;

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** The texts in the words of a page and the plural forms, numbers and times of its language. */
export class Words {
  readonly #texts: Texts;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #moment: Intl.DateTimeFormat;

  /** @param lang a BCP 47 tag; one that is none counts as not given, and the browser's own language is taken */
  constructor(texts: Partial<Texts> = {}, lang = "") {
    this.#texts = { ...TEXTS, ...texts };
    const locale = known(lang);
    this.#plural = new Intl.PluralRules(locale);
    this.#number = new Intl.NumberFormat(locale);
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
    this.#moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  }

  say(key: keyof Texts, count = 0): string {
    const text = this.#texts[key];
    const form = typeof text === "string" ? text : (text[this.#plural.select(count)] ?? text.other ?? "");
    return form.replaceAll("{count}", this.#number.format(count));
  }

  /** How long ago: "2 hours ago". Less than a minute is "now". */
  ago(date: Date): string {
    const seconds = Math.max(0, (Date.now() - date.getTime()) / 1_000);
    const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ["second", Infinity];
    return this.#relative.format(-Math.floor(seconds / size) || 0, unit);
  }

  moment(date: Date): string {
    return this.#moment.format(date);
  }
}

function known(lang: string): string[] {
  try {
    return Intl.getCanonicalLocales(lang || []);
  } catch {
    return [];
  }
}
