/**
 * The address that a notification's `url` may lead to: https anywhere, http only to the page's own origin.
 * Everything else (`javascript:`, `data:`, an address with a name and password in it) is no link.
 *
 * @param url without it there is no link
 * @param base the address of the page, which a path is relative to
 * @returns the whole address, or null
 */
export declare const safeHref: (url: string | undefined, base?: string) => string | null;
