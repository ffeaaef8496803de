/** Where things are. The addresses of the pages are those of `ops/urls.py`. */
export const SOCKET = "/ws/ops/";
export const SERIES = "/ops/series/";

export function personPage(recipient: string): string {
  return `/ops/people/${encodeURIComponent(recipient)}/`;
}

export function notificationPage(id: string): string {
  return `/ops/notifications/${encodeURIComponent(id)}/`;
}
