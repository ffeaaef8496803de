import type { NotifierClient } from "../client.js";
import { listen } from "../listen.js";
import type { InboxView } from "../rest.js";
import { button, icon, iconButton, make } from "./dom.js";
import { createInboxList } from "./inboxlist.js";
import { type Row, createRow } from "./row.js";
import type { TextName, Words } from "./texts.js";

const EMPTY = { all: "emptyAll", unread: "emptyUnread", archived: "emptyArchived" } as const;

const VIEWS = Object.keys(EMPTY) as InboxView[];

const MINUTE = 60_000;

/**
 * What the bell opens: the inbox with its views, and how the connection stands.
 *
 * @param bell whether it has the attribute `system` says whether to offer system notifications
 */
export function createPanel(client: NotifierClient, words: Words, bell: Element, signal: AbortSignal): HTMLElement {
  const rows = new Map<string, Row>();
  let isOpen = false;

  const more = (): unknown => list.more();
  const quiet = (names: string, name: TextName, press: () => void): HTMLButtonElement => button(`quiet ${names}`, words.say(name), press);
  const line = (names: string, ...children: HTMLElement[]): HTMLElement => make("div", names, {}, ...children);
  const told = (name: TextName): HTMLElement => make("p", "", {}, words.say(name));

  /** Shows a view from its beginning. */
  const turn = (view: InboxView): void => {
    scroll.scrollTop = 0;
    void list.open(view);
  };

  const readAll = quiet("mark-all", "markAllRead", () => client.readAll());
  const heading = make("h2", "heading", { id: "name" }, words.say("notifications"));
  const head = line("header", heading, readAll, iconButton("tool close", () => node.hidePopover(), "close", words.say("close")));
  const tabs = VIEWS.map((view) => {
    const choice = make("input", "", { type: "radio", name: "view" });
    listen(choice, "change", () => turn(view));
    return make("label", "tab", {}, choice, words.say(view));
  });
  const views = make("div", "tabs", { role: "radiogroup", "aria-labelledby": "name" }, ...tabs);
  const connection = make("p", "", { role: "status" });
  const strip = line("strip connection", connection, quiet("reconnect", "reconnect", () => client.connect()));
  const ask = async (): Promise<void> => {
    await Notification.requestPermission();
    render();
  };
  const offer = line("strip offer", told("systemOffer"), quiet("allow", "systemAllow", ask));
  const empty = line("empty");
  const items = make("ul", "list", { role: "list" });
  const failed = make("p", "note failed", { role: "alert" }, words.say("failed"));
  const loadMore = quiet("note load-more", "loadMore", more);
  const scroll = make("div", "scroll", { id: "scroll", role: "group", tabindex: "0" }, empty, items, failed, loadMore);
  // In the top layer nothing of the page covers it, cuts it off or moves it.
  const dialog = { id: "panel", role: "dialog", popover: "", autofocus: "", tabindex: "-1", "aria-labelledby": "name" };
  const node = make("div", "panel", dialog, head, views, strip, offer, scroll);

  /** Loads more when the end comes near. What failed is tried again by the person, not by scrolling. */
  const reach = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = scroll;
    if (list.progress === "idle" && scrollHeight - scrollTop < 2 * clientHeight) more();
  };

  /** Brings the rows in line with the items; one that stays keeps its element, and a lost focus goes to its neighbour. */
  const fill = (): void => {
    const focused = items.querySelector<HTMLElement>(":focus");
    const place = [...items.children].findIndex((row) => row.contains(focused));
    for (const [id, row] of rows) {
      if (list.items.some((item) => item.id === id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    list.items.forEach((item, index) => {
      const row = rows.get(item.id) ?? createRow(item, words, client);
      rows.set(item.id, row);
      row.update(item);
      const there = items.children[index];
      if (there !== row.node) items.insertBefore(row.node, there ?? null);
    });
    if (place < 0 || focused?.isConnected) return;
    const heir = items.children[Math.min(place, rows.size - 1)]?.querySelector<HTMLElement>(".file");
    (heir ?? scroll).focus();
  };

  const render = (): void => {
    if (!isOpen) return;
    const { view, progress } = list;
    const { status, unread } = client;
    const focused = node.querySelector(":focus");
    const before = rows.size;
    fill();
    scroll.ariaLabel = words.say(view);
    empty.replaceChildren(icon("bell"), told(EMPTY[view]));
    empty.hidden = progress !== "end" || !!rows.size;
    failed.hidden = progress !== "failed";
    loadMore.hidden = progress === "end";
    loadMore.textContent = words.say(progress === "failed" ? "retry" : progress === "loading" ? progress : "loadMore");
    readAll.disabled = !unread;
    strip.hidden = status === "live";
    connection.textContent = status === "live" ? "" : words.say(status);
    offer.hidden = !bell.hasAttribute("system") || window.Notification?.permission !== "default";
    // What was pressed may be of no use now: the focus goes to what came of it.
    if (focused === loadMore && rows.size > before) items.children[before]?.querySelector<HTMLElement>(".title")?.focus();
    else if (focused?.closest(":disabled,[hidden]")) scroll.focus();
    if (rows.size) reach();
  };

  const list = createInboxList(client, render, signal);
  listen(scroll, "scroll", reach);
  const ticking = setInterval(render, MINUTE); // Times are relative.
  listen(signal, "abort", () => clearInterval(ticking));
  listen(client, "status", render, signal);
  // What was read or archived elsewhere meanwhile is told by no event.
  listen(client, "welcome", () => isOpen && list.open(list.view), signal);

  // All there is, the newest first.
  listen(node, "beforetoggle", (event) => {
    isOpen = (event as ToggleEvent).newState === "open";
    if (!isOpen) return;
    views.querySelector("input")!.checked = true;
    turn("all");
  });

  return node;
}
