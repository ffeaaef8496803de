// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { OpsEvent } from "../../ops/frames.js";

const CLOSINGS = { "4002": { name: "slow consumer", meaning: "Behind.", fault: true }, "0": { name: "of the client", meaning: "", fault: false } };

type Text = typeof import("../../ops/eventtext.js");
type Filter = typeof import("../../ops/eventfilter.js");

let text: Text;

beforeEach(async () => {
  vi.resetModules();
  const page = document.createElement("script");
  page.id = "page";
  page.type = "application/json";
  page.textContent = JSON.stringify({ closings: CLOSINGS });
  document.body.replaceChildren(page);
  text = await import("../../ops/eventtext.js");
});

function told(event: Omit<OpsEvent, "at">): HTMLElement {
  const words = document.createElement("p");
  words.append(...text.describe({ at: 0, ...event } as OpsEvent));
  return words;
}

describe("an event in words", () => {
  it.each([
    [{ kind: "published", title: "Hi", to: "alice", addressed: 1, notification: "ntf_1" }, "Hi to alice"],
    [{ kind: "acknowledged", recipient: "alice", stream: "user:alice", seq: 4 }, "alice has user:alice up to 4"],
    [{ kind: "connected", recipient: "alice", address: "192.0.2.1" }, "alice from 192.0.2.1"],
    [{ kind: "disconnected", recipient: "alice", code: 4002 }, "alice 4002 slow consumer"],
    [{ kind: "disconnected", recipient: "alice", code: 3999 }, "alice 3999 of the client"],
    [{ kind: "online", recipient: "alice" }, "alice came"],
    [{ kind: "offline", recipient: "alice" }, "alice went, and did not come back"],
    [{ kind: "refused", recipient: "", address: "192.0.2.1", code: 4002 }, "Somebody from 192.0.2.1: 4002 slow consumer"],
    [{ kind: "novel", some: "thing", number: 1 }, "some: thing, number: 1"],
  ])("%j", (event, words) => {
    expect(told(event).textContent).toBe(words);
  });

  it("links to whom and what it is about", () => {
    const links = told({ kind: "published", title: "Hi", to: "a/b", addressed: 1, notification: "ntf_1" }).querySelectorAll("a");
    expect([...links].map((link) => link.getAttribute("href"))).toEqual(["/ops/notifications/ntf_1/", "/ops/people/a%2Fb/"]);
  });

  it.each(["everyone", "#room.general", "alice, bob"])("links to nobody when it went to %s", (to) => {
    expect(told({ kind: "published", title: "Hi", to, addressed: 1, notification: "ntf_1" }).querySelectorAll(".event-person")).toHaveLength(0);
  });

  it("is only text, and does not turn the words around it", () => {
    const words = told({ kind: "online", recipient: "<img src=x>" });
    expect([words.querySelector("img"), words.querySelector("bdi")?.textContent]).toEqual([null, "<img src=x>"]);
  });

  it("has kinds, and one for all that it does not know", () => {
    expect([text.kindOf({ kind: "online", at: 0 }), text.kindOf({ kind: "novel", at: 0 })]).toEqual(["online", "other"]);
  });
});

describe("the filter of events", () => {
  let filter: Filter;

  beforeEach(async () => {
    filter = await import("../../ops/eventfilter.js");
    history.replaceState(null, "", "/ops/events/");
  });

  function form(): HTMLFormElement {
    const made = document.createElement("form");
    const field = document.createElement("input");
    field.name = "q";
    made.append(field);
    for (const kind of [...text.KINDS, "other"]) {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = "kind";
      box.value = kind;
      made.append(box);
    }
    document.body.append(made);
    return made;
  }

  function change(made: HTMLFormElement, how: (input: HTMLInputElement) => void, name: string): void {
    for (const input of made.querySelectorAll<HTMLInputElement>(`[name="${name}"]`)) how(input);
    made.dispatchEvent(new Event("input", { bubbles: true }));
  }

  it("lets everything through at first, and leaves the address alone", () => {
    const all = new filter.EventFilter(form(), () => undefined);
    expect([all.lets("online", "x"), all.lets("other", ""), location.search]).toEqual([true, true, ""]);
  });

  it("keeps kinds and text in the address, and reads them from it", () => {
    const made = form();
    let changes = 0;
    const some = new filter.EventFilter(made, () => (changes += 1));
    change(made, (box) => (box.checked = box.value === "online"), "kind");
    change(made, (field) => (field.value = " Alice "), "q");
    expect([location.search, changes]).toEqual(["?kind=online&q=Alice", 2]);
    for (const each of [some, new filter.EventFilter(form(), () => undefined)]) {
      expect([each.lets("online", "ALICE came"), each.lets("online", "bob"), each.lets("offline", "alice")]).toEqual([true, false, false]);
    }
  });

  it("shows nothing after a reload when nothing was chosen", () => {
    const made = form();
    new filter.EventFilter(made, () => undefined);
    change(made, (box) => (box.checked = false), "kind");
    expect(new filter.EventFilter(form(), () => undefined).lets("online", "x")).toBe(false);
  });
});
