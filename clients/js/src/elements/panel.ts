import type { NotifierClient } from "../client.js";
import type { InboxItem } from "../frames.js";
import type { InboxView } from "../rest.js";
import { systemPermission } from "./attention.js";
import { button, focusedBeside, icon, iconButton, make } from "./dom.js";
import { InboxList } from "./inboxlist.js";
import { Row } from "./row.js";
import type { TextName, Words } from "./texts.js";

const VIEWS: readonly InboxView[] = ["all", "unread", "archived"];

const EMPTY = { all: "emptyAll", unread: "emptyUnread", archived: "emptyArchived" } as const;

const MINUTE = 60_000;

/** What the bell opens: the inbox with its views, and how the connection stands. */
export class Panel {
  readonly node: HTMLElement;
  readonly #client: NotifierClient;
  readonly #words: Words;
  readonly #list: InboxList;
  readonly #rows = new Map<string, Row>();
  readonly #tabs: readonly HTMLElement[];
  readonly #readAll: HTMLButtonElement;
  readonly #connection = make("p", "", { role: "status" });
  readonly #strip: HTMLElement;
  readonly #offer: HTMLElement;
  readonly #items = make("ul", "list", { role: "list" });
  readonly #scroll: HTMLElement;
  readonly #empty = make("div", "empty");
  readonly #failed: HTMLElement;
  readonly #more: HTMLElement;
  #offersSystem = false;

  /** @param close called when the person closes it */
  constructor(client: NotifierClient, words: Words, close: () => void, signal: AbortSignal) {
    this.#client = client;
    this.#words = words;
    this.#list = new InboxList(client, () => this.#render(), signal);
    const more = (): void => void this.#list.more();
    const quiet = (names: string, name: TextName, press: () => void): HTMLButtonElement =>
      button(`quiet ${names}`, words.say(name), press);
    const line = (names: string, ...children: HTMLElement[]): HTMLElement => make("div", names, {}, ...children);
    const told = (name: TextName, role = ""): HTMLElement => make("p", "", { role }, words.say(name));

    this.#readAll = quiet("mark-all", "markAllRead", () => client.readAll());
    const heading = make("h2", "heading", { id: "name" }, words.say("notifications"));
    const head = line("header", heading, this.#readAll, iconButton("tool close", close, "close", words.say("close")));
    this.#tabs = VIEWS.map((view) =>
      button("tab", words.say(view), () => this.#turn(view), { role: "tab", id: `tab-${view}`, "aria-controls": "scroll" }),
    );
    const tabs = make("div", "tabs", { role: "tablist", "aria-labelledby": "name" }, ...this.#tabs);
    tabs.addEventListener("keydown", (event) => this.#walk(event));
    this.#strip = line("strip connection", this.#connection, quiet("reconnect", "reconnect", () => client.connect()));
    this.#offer = line("strip offer", told("systemOffer"), quiet("allow", "systemAllow", () => void this.#ask()));
    this.#failed = line("note failed", told("failed", "alert"), quiet("retry", "retry", more));
    this.#more = quiet("note load-more", "loading", more);
    this.#scroll = make("div", "scroll", { id: "scroll", role: "tabpanel", tabindex: "0" });
    this.#scroll.append(this.#empty, this.#items, this.#failed, this.#more);
    // In the top layer nothing of the page covers it, cuts it off or moves it.
    const dialog = { id: "panel", role: "dialog", popover: "manual", "aria-labelledby": "name", tabindex: "-1" };
    this.node = make("div", "panel", dialog, head, tabs, this.#strip, this.#offer, this.#scroll);
    this.node.hidden = true;

    this.#scroll.addEventListener("scroll", () => this.#reach());
    const ticking = setInterval(() => this.#rows.forEach((row) => row.tick()), MINUTE);
    signal.addEventListener("abort", () => clearInterval(ticking));
    client.addEventListener("status", () => this.#render(), { signal });
  }

  /** Shows all there is, the newest first. */
  open(offersSystem: boolean): void {
    this.#offersSystem = offersSystem;
    this.node.hidden = false;
    this.#turn("all");
  }

  #turn(view: InboxView): void {
    this.#scroll.scrollTop = 0;
    void this.#list.open(view);
  }

  /** Loads more when the end comes near. What failed is tried again by the person, not by scrolling. */
  #reach(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    if (this.#list.progress === "idle" && scrollHeight - scrollTop < 2 * clientHeight) void this.#list.more();
  }

  /** The arrow keys walk along the tabs, towards the side that they point to. */
  #walk(event: KeyboardEvent): void {
    const forward = getComputedStyle(this.node).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const now = VIEWS.indexOf(this.#list.view);
    const tab = this.#tabs[(now + (event.key === forward ? 1 : 2)) % 3];
    tab?.click();
    tab?.focus();
  }

  async #ask(): Promise<void> {
    await Notification.requestPermission();
    this.#render();
  }

  readonly #actions = {
    mark: (id: string, read: boolean): void => (read ? this.#client.read([id]) : this.#client.markUnread([id])),
    file: (id: string, archived: boolean): void => (archived ? this.#client.archive([id]) : this.#client.unarchive([id])),
  };

  #render(): void {
    if (this.node.hidden) return;
    const { items, view, progress } = this.#list;
    const { status, unread } = this.#client;
    const words = this.#words;
    const focused = focusedBeside(this.node);
    const before = this.#rows.size;
    this.#fill(items);
    this.#tabs.forEach((tab) => {
      const isHere = tab.id === `tab-${view}`;
      tab.ariaSelected = String(isHere);
      tab.tabIndex = isHere ? 0 : -1;
    });
    this.#scroll.setAttribute("aria-labelledby", `tab-${view}`);
    this.#empty.replaceChildren(icon("bell"), make("p", "", {}, words.say(EMPTY[view])));
    this.#empty.hidden = progress !== "end" || items.length > 0;
    this.#failed.hidden = progress !== "failed";
    this.#more.hidden = progress === "failed" || progress === "end";
    this.#more.textContent = words.say(progress === "loading" ? "loading" : "loadMore");
    this.#readAll.disabled = unread === 0;
    this.#strip.hidden = status === "live";
    this.#connection.textContent = status === "live" ? "" : words.say(status);
    this.#offer.hidden = !this.#offersSystem || systemPermission() !== "default";
    // What was pressed may be of no use now: the focus goes to what came of it.
    if (focused === this.#more && items.length > before) this.#items.children[before]?.querySelector<HTMLElement>(".title")?.focus();
    else if (focused?.matches(":disabled,[hidden],[hidden] *")) this.#scroll.focus();
    if (items.length > 0) this.#reach();
  }

  /** Brings the rows in line with the items; one that stays keeps its element, and a lost focus goes to its neighbour. */
  #fill(items: readonly InboxItem[]): void {
    const list = this.#items;
    const focused = focusedBeside(list);
    const place = [...list.children].findIndex((row) => row.contains(focused));
    const wanted = new Set(items.map(({ id }) => id));
    for (const [id, { node }] of this.#rows) {
      if (wanted.has(id)) continue;
      node.remove();
      this.#rows.delete(id);
    }
    items.forEach((item, index) => {
      const row = this.#rows.get(item.id) ?? new Row(item, this.#words, this.#actions);
      this.#rows.set(item.id, row);
      row.update(item);
      const there = list.children[index];
      if (there !== row.node) list.insertBefore(row.node, there ?? null);
    });
    if (place < 0 || focused?.isConnected) return;
    const heir = list.children[Math.min(place, items.length - 1)]?.querySelector<HTMLElement>(".file");
    (heir ?? this.#scroll).focus();
  }
}
