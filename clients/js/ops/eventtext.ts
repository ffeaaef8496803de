import { notificationPage, personPage } from "./addresses.js";
import { made } from "./dom.js";
import type { OpsEvent } from "./frames.js";
import { closingOf } from "./page.js";

/** Kinds that have a filter; others are shown under their own name, and filtered as "other". */
export const KINDS = ["published", "acknowledged", "connected", "disconnected", "online", "offline", "refused"] as const;

const OTHERS = "other";

export function kindOf(event: OpsEvent): string {
  return (KINDS as readonly string[]).includes(event.kind) ? event.kind : OTHERS;
}

/** What happened, in words, with links to whom and what it is about. All that came is only text. */
export function describe(event: OpsEvent): (Node | string)[] {
  const fact = (name: string): string => String(event[name] ?? "");
  switch (event.kind) {
    case "published": {
      const title = link(notificationPage(fact("notification")), fact("title"), "event-title");
      const alone = event["addressed"] === 1 && /^[^#,]+$/.test(fact("to")) && fact("to") !== "everyone";
      return [title, made("span", "muted", " to "), alone ? person(fact("to")) : isolated(fact("to"))];
    }
    case "acknowledged":
      return [person(fact("recipient")), muted(" has "), isolated(fact("stream")), muted(` up to ${fact("seq")}`)];
    case "connected":
      return [person(fact("recipient")), muted(` from ${fact("address")}`)];
    case "disconnected":
      return [person(fact("recipient")), muted(` ${ending(fact("code"))}`)];
    case "online":
      return [person(fact("recipient")), muted(" came")];
    case "offline":
      return [person(fact("recipient")), muted(" went, and did not come back")];
    case "refused": {
      const who = fact("recipient") === "" ? muted("Somebody") : person(fact("recipient"));
      return [who, muted(` from ${fact("address")}: ${ending(fact("code"))}`)];
    }
    default: {
      const facts = Object.entries(event).filter(([name]) => name !== "kind" && name !== "at");
      return [muted(facts.map(([name, value]) => `${name}: ${String(value)}`).join(", "))];
    }
  }
}

function ending(code: string): string {
  return `${code} ${closingOf(code).name}`;
}

function person(recipient: string): HTMLElement {
  return link(personPage(recipient), recipient, "event-person");
}

function link(href: string, text: string, className: string): HTMLElement {
  const anchor = made("a", className);
  anchor.href = href;
  anchor.append(isolated(text));
  return anchor;
}

/** A text from elsewhere, whose direction must not turn the words around it. */
function isolated(text: string): HTMLElement {
  return made("bdi", "", text);
}

function muted(text: string): HTMLElement {
  return made("span", "muted", text);
}
