/** A text, or one for each plural form of the language; `{count}` becomes the number. */
export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;
/** Every text of the elements, in English. `texts` of an element takes any of them in your words. */
export declare const TEXTS: {
    /** The bell, its panel, and the region of the toasts. */
    notifications: Text;
    /** Behind the name of the bell, when something is unread. */
    unread: Text;
    all: Text;
    onlyUnread: Text;
    archived: Text;
    markAllRead: Text;
    markRead: Text;
    markUnread: Text;
    archive: Text;
    unarchive: Text;
    close: Text;
    dismiss: Text;
    loading: Text;
    loadMore: Text;
    failed: Text;
    retry: Text;
    empty: Text;
    emptyHint: Text;
    emptyUnread: Text;
    emptyArchived: Text;
    connecting: Text;
    offline: Text;
    refused: Text;
    reconnect: Text;
    systemOffer: Text;
    systemAllow: Text;
    /** What waits behind the visible toasts. */
    more: Text;
    moreNotifications: Text;
    whileAway: Text;
    errors: Text;
    warnings: Text;
    info: Text;
    success: Text;
    warning: Text;
    error: Text;
};
export type Texts = typeof TEXTS;
/** The texts in the words of a page and the plural forms, numbers and times of its language. */
export declare class Words {
    #private;
    /** @param lang a BCP 47 tag; one that is none counts as not given, and the browser's own language is taken */
    constructor(texts?: Partial<Texts>, lang?: string);
    say(key: keyof Texts, count?: number): string;
    /** How long ago: "2 hours ago". Less than a minute is "now". */
    ago(date: Date): string;
    moment(date: Date): string;
}
