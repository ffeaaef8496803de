import type { NotificationDetail } from "../src/index.js";
import type { StateDetail } from "../src/events.js";
import { safeHref } from "../src/links.js";

/** More than this makes the page slow and helps nobody. */
const MOST = 100;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The list of what was received since the page was loaded, the newest first. */
export class ReceivedList {
  readonly #list: HTMLElement;
  readonly #nothing: HTMLElement;

  /** @param nothing what is shown while the list is empty */
  constructor(list: HTMLElement, nothing: HTMLElement) {
    this.#list = list;
    this.#nothing = nothing;
  }

  add(detail: NotificationDetail): void {
    this.#nothing.hidden = true;
    this.#list.prepend(this.#item(detail));
    while (this.#list.children.length > MOST) this.#list.lastElementChild?.remove();
  }

  markRead({ read, all, heads }: StateDetail): void {
    const ids = new Set(read);
    for (const item of this.#list.querySelectorAll("li")) {
      const { id = "", stream = "", seq } = item.dataset;
      if (ids.has(id) || (all && Number(seq) <= (heads[stream] ?? 0))) item.dataset["read"] = "";
    }
  }

  #item({ stream, seq, notification }: NotificationDetail): HTMLLIElement {
    const { id, title, body, level, url, created } = notification;
    const item = document.createElement("li");
    item.className = "entry";
    Object.assign(item.dataset, { id, stream, seq: String(seq), level, testid: "entry" });

    const head = text("p", "entry-head", "");
    const href = safeHref(url, location.href);
    const heading = text(href === null ? "span" : "a", "entry-title", title);
    heading.dir = "auto";
    if (heading instanceof HTMLAnchorElement && href !== null) {
      heading.href = href;
      heading.rel = "noopener noreferrer";
    }
    head.append(text("span", "tag", level), heading);
    item.append(head);
    if (body !== "") {
      const paragraph = text("p", "entry-body", body);
      paragraph.dir = "auto";
      item.append(paragraph);
    }
    const foot = text("p", "entry-foot", "");
    foot.append(timeElement(created), text("span", "entry-place", `${stream}#${seq}`));
    item.append(foot);
    return item;
  }
}

function text(tag: string, className: string, content: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

function timeElement(created: string): HTMLTimeElement {
  const date = new Date(created);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = document.createElement("time");
  time.dateTime = created;
  time.textContent = (isToday ? clock : calendar).format(date);
  return time;
}
