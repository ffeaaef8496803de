/**
 * The address that a notification's `url` may lead to: https anywhere, http only to the page's own origin.
 * Everything else (`javascript:`, `data:`, an address with a name and password in it) is no link.
 *
 * @param url without it there is no link
 * @param base the address of the page, which a path is relative to
 * @returns the whole address, or null
 */
export const safeHref = (url: string | undefined, base = document.baseURI): string | null => {
  if (!url) return null;
  try {
    const { protocol, origin, username, password, href } = new URL(url, base);
    const isSafe = protocol === "https:" || (protocol === "http:" && origin === new URL(base).origin);
    return isSafe && !username && !password ? href : null;
  } catch {
    return null;
  }
};
