import { actionBar, button, make, picture, titleLink } from "../content.js";
import type { InboxItem } from "../interim.js";
import type { Words } from "../texts.js";
import { icon } from "./icons.js";

/** What a person does with one notification of the list. */
export interface RowActions {
  /** `read` as it is to be from now on. */
  mark(item: InboxItem, read: boolean): void;
  file(item: InboxItem, archived: boolean): void;
}

/** One notification in the panel. Its element stays the same while its state changes, and with it the focus. */
export class Row {
  readonly node: HTMLLIElement;
  #item: InboxItem;
  readonly #words: Words;
  readonly #time: HTMLTimeElement;
  readonly #mark: HTMLButtonElement;
  readonly #file: HTMLButtonElement;
  readonly #state = make("span", { class: "hidden" });

  constructor(item: InboxItem, words: Words, { mark, file }: RowActions) {
    this.#item = item;
    this.#words = words;
    const { title, body, category, level, created } = item;
    const read = (): void => {
      if (!this.#item.read) mark(this.#item, true);
    };
    const name = { class: "title", part: "item-title", dir: "auto" };
    const heading = titleLink(item, name) ?? button(name, () => this.#expand(), title);
    const time = new Date(created);
    this.#time = make("time", { datetime: created, title: words.moment(time) });
    this.#mark = button({ class: "tool mark", part: "tool" }, () => mark(this.#item, !this.#item.read));
    this.#file = button({ class: "tool file", part: "tool" }, () => file(this.#item, !this.#item.archived));
    const foot = make("p", { class: "foot", part: "item-meta" }, this.#time);
    if (category !== "") foot.append(make("bdi", {}, category));
    const says = make("span", { class: "hidden" }, `${words.say(level)}: `);
    const text = make("div", { class: "text" }, make("p", { class: "head" }, this.#state, says, heading));
    if (body !== "") text.append(make("p", { class: "body", part: "item-body", dir: "auto" }, body));
    text.append(foot);
    const actions = actionBar(item, { bar: "actions", action: "action" }, () => {});
    if (actions !== null) text.append(actions);
    const tools = make("div", { class: "tools" }, this.#mark, this.#file);
    this.node = make("li", { "data-id": item.id, "data-level": level }, picture(item, "icon"), text, tools);
    this.node.addEventListener("click", (event) => {
      if (!(event.target instanceof Element) || event.target.closest(".tools") === null) read();
    });
    this.update(item);
  }

  update(item: InboxItem): void {
    this.#item = item;
    const { read, archived } = item;
    this.node.setAttribute("part", read ? "item" : "item item-unread");
    this.node.toggleAttribute("data-unread", !read);
    this.#state.textContent = read ? "" : `${this.#words.say("onlyUnread")}: `;
    name(this.#mark, this.#words.say(read ? "markUnread" : "markRead"));
    name(this.#file, this.#words.say(archived ? "unarchive" : "archive"));
    this.#mark.replaceChildren(icon(read ? "dot" : "check"));
    this.#file.replaceChildren(icon(archived ? "back" : "archive"));
    this.tick();
  }

  /** Says anew how long ago it was. */
  tick(): void {
    this.#time.textContent = this.#words.ago(new Date(this.#item.created));
  }

  #expand(): void {
    this.node.toggleAttribute("data-open");
  }
}

function name(tool: HTMLButtonElement, label: string): void {
  tool.title = label;
  tool.setAttribute("aria-label", label);
}
