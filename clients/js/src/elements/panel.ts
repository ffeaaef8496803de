import { systemPermission } from "../attention.js";
import { button, make } from "../content.js";
import type { InboxItem, InboxView, NotifierClient } from "../interim.js";
import type { Texts, Words } from "../texts.js";
import { icon } from "./icons.js";
import { InboxList } from "./inboxlist.js";
import { Row } from "./row.js";

const VIEWS: readonly (readonly [InboxView, keyof Texts, keyof Texts])[] = [
  ["all", "all", "empty"],
  ["unread", "onlyUnread", "emptyUnread"],
  ["archived", "archived", "emptyArchived"],
];

const MINUTE = 60_000;

/** What the bell opens: the inbox with its views, and how the connection stands. */
export class Panel {
  readonly node: HTMLElement;
  readonly #client: NotifierClient;
  readonly #words: Words;
  readonly #list: InboxList;
  readonly #rows = new Map<string, Row>();
  readonly #tabs: readonly HTMLButtonElement[];
  readonly #readAll: HTMLButtonElement;
  readonly #connection = make("p", { class: "connection", part: "connection", role: "status" });
  readonly #reconnect: HTMLButtonElement;
  readonly #offer: HTMLElement;
  readonly #items = make("ul", { part: "list", role: "list" });
  readonly #scroll: HTMLElement;
  readonly #empty = make("div", { class: "empty", part: "empty" });
  readonly #failed: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #loading: HTMLElement;
  readonly #said = make("p", { class: "hidden", role: "status" });
  #offersSystem = false;

  /** @param close called when the person closes it */
  constructor(client: NotifierClient, words: Words, close: () => void, signal: AbortSignal) {
    this.#client = client;
    this.#words = words;
    const say = (key: keyof Texts): string => words.say(key);
    this.#list = new InboxList(client, () => this.#render(), signal);
    this.#readAll = button({ class: "quiet", part: "mark-all" }, () => client.readAll(), say("markAllRead"));
    const shut = button({ class: "tool shut", part: "close", "aria-label": say("close"), title: say("close") }, close, icon("close"));
    const head = make(
      "div",
      { class: "header", part: "header" },
      make("h2", { id: "name", part: "heading" }, say("notifications")),
      this.#readAll,
      shut,
    );
    this.#tabs = VIEWS.map(([view, key]) =>
      button({ role: "tab", part: "tab", id: view, "aria-controls": "scroll" }, () => this.#turn(view), say(key)),
    );
    const tabs = make("div", { class: "tabs", part: "tabs", role: "tablist", "aria-labelledby": "name" }, ...this.#tabs);
    tabs.addEventListener("keydown", (event) => this.#walk(event));
    this.#reconnect = button({ class: "quiet", part: "reconnect" }, () => client.connect(), say("reconnect"));
    const strip = make("div", { class: "strip" }, this.#connection, this.#reconnect);
    const allow = button({ class: "quiet", part: "allow" }, () => void this.#ask(), say("systemAllow"));
    this.#offer = make("div", { class: "strip", part: "offer" }, make("p", {}, say("systemOffer")), allow);
    const retry = button({ class: "quiet", part: "retry" }, () => void this.#list.more(), say("retry"));
    this.#failed = make("div", { class: "failed", part: "failed", role: "alert" });
    this.#failed.append(make("p", {}, say("failed")), retry);
    this.#loading = make("p", { class: "loading", part: "loading" }, say("loading"));
    this.#more = button({ class: "quiet more", part: "load-more" }, () => void this.#list.more(), say("loadMore"));
    const inner = [this.#empty, this.#items, this.#loading, this.#failed, this.#more];
    this.#scroll = make("div", { id: "scroll", part: "scroll", role: "tabpanel", tabindex: "0" }, ...inner);
    const dialog = { id: "panel", part: "panel", role: "dialog", "aria-labelledby": "name", tabindex: "-1" };
    this.node = make("div", dialog, head, tabs, strip, this.#offer, this.#scroll, this.#said);
    this.node.hidden = true;
    const near = new IntersectionObserver(
      // What failed is tried again by the person, not by scrolling.
      (seen) => seen.some((each) => each.isIntersecting) && this.#list.progress === "idle" && void this.#list.more(),
      { root: this.#scroll, rootMargin: "200px" },
    );
    near.observe(this.#more);
    const ticking = setInterval(() => this.#rows.forEach((row) => row.tick()), MINUTE);
    signal.addEventListener("abort", () => {
      near.disconnect();
      clearInterval(ticking);
    });
    client.addEventListener("status", () => this.connection(), { signal });
    this.connection();
  }

  /** Shows what is new from its beginning. */
  open(offersSystem: boolean): void {
    this.#offersSystem = offersSystem;
    this.node.hidden = false;
    this.#scroll.scrollTop = 0;
    this.#turn("all");
  }

  close(): void {
    this.node.hidden = true;
  }

  /** Says how the connection stands; nothing while it is live. */
  connection(): void {
    const { status } = this.#client;
    const isLive = status === "live";
    this.#connection.textContent = isLive ? "" : this.#words.say(status);
    this.#reconnect.hidden = status !== "offline" && status !== "refused";
    this.#connection.parentElement!.hidden = isLive;
  }

  #turn(view: InboxView): void {
    void this.#list.open(view);
  }

  /** The arrow keys walk along the tabs, towards the side that they point to. */
  #walk(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
    const mirrored = getComputedStyle(this.node).direction === "rtl" ? -1 : 1;
    const step = (steps[event.key] ?? 0) * mirrored;
    const now = VIEWS.findIndex(([view]) => view === this.#list.view);
    const place = event.key === "Home" ? 0 : event.key === "End" ? 2 : step === 0 ? -1 : (now + step + 3) % 3;
    const tab = this.#tabs[place];
    if (tab === undefined) return;
    event.preventDefault();
    tab.click();
    tab.focus();
  }

  async #ask(): Promise<void> {
    await window.Notification.requestPermission();
    this.#render();
    this.node.focus();
  }

  readonly #actions = {
    mark: ({ id }: InboxItem, read: boolean): void => (read ? this.#client.read([id]) : this.#client.markUnread([id])),
    file: ({ id }: InboxItem, archived: boolean): void => {
      this.#said.textContent = this.#words.say(archived ? "archived" : "unarchive");
      if (archived) this.#client.archive([id]);
      else this.#client.unarchive([id]);
    },
  };

  #render(): void {
    if (this.node.hidden) return;
    const { items, view, progress } = this.#list;
    this.#fill(items);
    VIEWS.forEach(([each, , empty], index) => {
      const tab = this.#tabs[index]!;
      tab.setAttribute("aria-selected", String(each === view));
      tab.tabIndex = each === view ? 0 : -1;
      if (each !== view) return;
      const hint = view === "all" ? make("p", { class: "hint" }, this.#words.say("emptyHint")) : "";
      this.#empty.replaceChildren(icon("bell"), make("p", {}, this.#words.say(empty)), hint);
    });
    this.#scroll.setAttribute("aria-labelledby", view);
    this.#scroll.setAttribute("aria-busy", String(progress === "loading"));
    this.#empty.hidden = progress !== "end" || items.length > 0;
    this.#loading.hidden = progress !== "loading";
    this.#failed.hidden = progress !== "failed";
    this.#more.hidden = progress !== "idle";
    this.#readAll.disabled = this.#client.unread === 0;
    this.#offer.hidden = !this.#offersSystem || systemPermission() !== "default";
  }

  /** Brings the rows in line with the items; one that stays keeps its element, and a lost focus goes to its neighbour. */
  #fill(items: readonly InboxItem[]): void {
    const root = this.node.getRootNode() as Document | ShadowRoot;
    const focused = root.activeElement;
    const old = [...this.#items.children];
    const place = old.findIndex((row) => row.contains(focused));
    const wanted = new Set(items.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.node.remove();
      this.#rows.delete(id);
    }
    items.forEach((item, index) => {
      const known = this.#rows.get(item.id);
      const row = known ?? new Row(item, this.#words, this.#actions);
      if (known === undefined) this.#rows.set(item.id, row);
      else row.update(item);
      if (this.#items.children[index] !== row.node) this.#items.insertBefore(row.node, this.#items.children[index] ?? null);
    });
    if (place < 0 || focused?.isConnected) return;
    const heir = this.#items.children[Math.min(place, items.length - 1)];
    (heir?.querySelector<HTMLElement>(`.${focused?.classList[1] ?? "title"}`) ?? this.#scroll).focus();
  }
}
