import type { InboxItem } from "../frames.js";
import { card } from "./card.js";
import { dress, iconButton, make } from "./dom.js";
import type { Words } from "./texts.js";

/** What a person does with one notification of the list. */
export interface RowActions {
  /** `read` as it is to be from now on. */
  mark(id: string, read: boolean): void;
  file(id: string, archived: boolean): void;
}

/** One notification in the panel. Its element stays the same while its state changes, and with it the focus. */
export class Row {
  readonly node: HTMLElement;
  #item: InboxItem;
  readonly #words: Words;
  readonly #time: HTMLElement;
  readonly #mark: HTMLElement;
  readonly #file: HTMLElement;

  constructor(item: InboxItem, words: Words, { mark, file }: RowActions) {
    this.#item = item;
    this.#words = words;
    const { id, created, category } = item;
    this.#time = make("time", "", { datetime: created, title: words.moment(new Date(created)) });
    this.#mark = iconButton("tool mark", () => mark(id, !this.#item.read));
    this.#file = iconButton("tool file", () => file(id, !this.#item.archived));
    const meta = make("p", "meta", {}, this.#time, make("bdi", "", {}, category));
    const press = (): void => void this.node.toggleAttribute("data-open");
    this.node = card("item", { ...item, notification: item }, { words, meta, press, attributes: {} }, this.#mark, this.#file);
    this.node.addEventListener("click", (event) => {
      if (!this.#item.read && !(event.target as Element).closest(".tools")) mark(id, true);
    });
    this.update(item);
  }

  update(item: InboxItem): void {
    this.#item = item;
    const { read, archived } = item;
    const words = this.#words;
    this.node.toggleAttribute("data-unread", !read);
    this.node.setAttribute("part", read ? "item" : "item item-unread");
    dress(this.#mark, read ? "dot" : "check", words.say(read ? "markUnread" : "markRead"));
    dress(this.#file, archived ? "back" : "archive", words.say(archived ? "unarchive" : "archive"));
    this.tick();
  }

  /** Says anew how long ago it was. */
  tick(): void {
    this.#time.textContent = this.#words.ago(new Date(this.#item.created));
  }
}
