/** A text, or one for each plural form of the language; `{count}` becomes the number. */
export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;
/** Every text of the elements, in English. `texts` of an element takes any of them in the page's words. */
export declare const TEXTS: {
    notifications: string;
    unreadCount: string;
    all: string;
    unread: string;
    archived: string;
    markAllRead: string;
    markRead: string;
    markUnread: string;
    archive: string;
    unarchive: string;
    close: string;
    dismiss: string;
    loading: string;
    loadMore: string;
    failed: string;
    retry: string;
    emptyAll: string;
    emptyUnread: string;
    emptyArchived: string;
    connecting: string;
    offline: string;
    refused: string;
    reconnect: string;
    systemOffer: string;
    systemAllow: string;
    more: string;
    whileAway: string;
    info: string;
    success: string;
    warning: string;
    error: string;
};
export type TextName = keyof typeof TEXTS;
export type Texts = Partial<Record<TextName, Text>>;
export type Words = ReturnType<typeof createWords>;
/**
 * The texts in the words of a page, with the plural forms, numbers and times of its language.
 *
 * @param lang a BCP 47 tag; for one that is none the browser's own language is taken
 */
export declare function createWords(texts?: Texts, lang?: string): {
    number: (count: number) => string;
    /** @param shown what `{count}` becomes; the number itself unless given */
    say(name: TextName, count?: number, shown?: string): string;
    /** How long ago: "2 hours ago". Less than a minute is "now". */
    ago(date: Date): string;
    moment: (date: Date) => string;
};
