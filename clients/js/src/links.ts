/**
 * The address that a notification's `url` may lead to: https anywhere, http only to the page's own origin.
 * Everything else (`javascript:`, `data:`, an address with a name and password in it) is no link.
 *
 * @param base the address of the page, which a path is relative to
 * @returns the whole address, or null
 */
export function safeHref(url: string, base: string): string | null {
  if (url === "") return null;
  let address: URL;
  try {
    address = new URL(url, base);
  } catch {
    return null;
  }
  if (address.username !== "" || address.password !== "") return null;
  if (address.protocol === "https:") return address.href;
  if (address.protocol === "http:" && address.origin === new URL(base).origin) return address.href;
  return null;
}
