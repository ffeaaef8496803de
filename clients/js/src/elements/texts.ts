/** A text, or one for each plural form of the language; `{count}` becomes the number. */
export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;

/** Every text of the elements, in English. `texts` of an element takes any of them in the page's words. */
export const TEXTS = {
  notifications: "Notifications",
  unreadCount: "{count} unread",
  all: "All",
  unread: "Unread",
  archived: "Archived",
  markAllRead: "Mark all read",
  markRead: "Mark as read",
  markUnread: "Mark as unread",
  archive: "Archive",
  unarchive: "Move to inbox",
  close: "Close",
  dismiss: "Dismiss",
  loading: "Loading…",
  loadMore: "Load more",
  failed: "Loading failed",
  retry: "Try again",
  emptyAll: "All caught up",
  emptyUnread: "Nothing unread",
  emptyArchived: "Nothing archived",
  connecting: "Connecting…",
  offline: "Reconnecting…",
  refused: "Disconnected",
  reconnect: "Reconnect",
  systemOffer: "System notifications",
  systemAllow: "Allow",
  more: "{count} more",
  whileAway: "{count} while you were away",
  info: "Information",
  success: "Success",
  warning: "Warning",
  error: "Error",
} satisfies Record<string, Text>;

export type TextName = keyof typeof TEXTS;

export type Texts = Partial<Record<TextName, Text>>;

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_628_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export type Words = ReturnType<typeof createWords>;

/**
 * The texts in the words of a page, with the plural forms, numbers and times of its language.
 *
 * @param lang a BCP 47 tag; for one that is none the browser's own language is taken
 */
export function createWords(texts: Texts = {}, lang = "") {
  let locale: string | undefined = lang || undefined;
  const number = (count: number): string => count.toLocaleString(locale);
  try {
    number(0);
  } catch {
    locale = undefined; // It is no tag.
  }

  return {
    number,

    /** @param shown what `{count}` becomes; the number itself unless given */
    say(name: TextName, count = 0, shown = number(count)): string {
      const text: Text = texts[name] ?? TEXTS[name];
      const form = typeof text === "string" ? text : (text[new Intl.PluralRules(locale).select(count)] ?? text.other);
      return (form ?? "").replace("{count}", shown);
    },

    /** How long ago: "2 hours ago". Less than a minute is "now". */
    ago(date: Date): string {
      const seconds = (Date.now() - +date) / 1_000;
      const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ["second", Infinity];
      return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(Math.max(0, seconds) / size), unit);
    },

    moment: (date: Date): string => date.toLocaleString(locale),
  };
}
