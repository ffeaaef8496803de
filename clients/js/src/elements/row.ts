import type { NotifierClient } from "../client.js";
import type { InboxItem } from "../frames.js";
import { listen } from "../listen.js";
import { card } from "./card.js";
import { button, dress, make } from "./dom.js";
import type { Words } from "./texts.js";

export type Row = ReturnType<typeof createRow>;

/** One notification in the panel. Its element stays the same while its state changes, and with it the focus. */
export function createRow(item: InboxItem, words: Words, client: NotifierClient) {
  const { id, created, category } = item;
  const date = new Date(created);
  const time = make("time", "", { datetime: created, title: words.moment(date) });
  const marking = button("tool mark", "", () => client[item.read ? "markUnread" : "read"]([id]));
  const filing = button("tool file", "", () => client[item.archived ? "unarchive" : "archive"]([id]));
  const meta = make("p", "meta", {}, time, make("bdi", "", {}, category));
  const press = (): void => void node.toggleAttribute("data-open");
  const node: HTMLElement = card("item", { ...item, notification: item }, words, [marking, filing], meta, press);
  listen(node, "click", ({ target }) => item.read || (target as Element).closest(".tools") || client.read([id]));

  return {
    node,

    update(to: InboxItem): void {
      item = to;
      const { read, archived } = item;
      node.toggleAttribute("data-unread", !read);
      node.part.toggle("item-unread", !read);
      dress(marking, read ? "dot" : "check", words.say(read ? "markUnread" : "markRead"));
      dress(filing, archived ? "back" : "archive", words.say(archived ? "unarchive" : "archive"));
      time.textContent = words.ago(date);
    },
  };
}
