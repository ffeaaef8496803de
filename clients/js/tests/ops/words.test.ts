// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { notificationPage, personPage } from "../../ops/addresses.js";
import { age, ago } from "../../ops/ago.js";
import { count, duration, elapsed, plural, rate } from "../../ops/figures.js";
import { listMarks, marksOf } from "../../ops/marks.js";
import { chooseSpan } from "../../ops/spans.js";
import { run } from "./serving.js";

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("figures", () => {
  it("are written as people read them", () => {
    expect([count(null), count(0), count(1234567)]).toEqual(["–", "0", "1,234,567"]);
    expect([rate(null), rate(0), rate(0.24), rate(9.9), rate(10.4)]).toEqual(["–", "0", "0.2", "9.9", "10"]);
    expect([duration(null), duration(0.44), duration(42.4), duration(1300)]).toEqual([
      ["–", ""],
      ["0.4", "ms"],
      ["42", "ms"],
      ["1.3", "s"],
    ]);
    expect([plural(1, "server"), plural(1200, "server")]).toEqual(["1 server", "1,200 servers"]);
  });

  it.each([
    [0, "now"],
    [1.9, "now"],
    [59.9, "59 s"],
    [60, "1 min"],
    [7199, "1 h"],
    [47 * 3600, "47 h"],
    [48 * 3600, "2 d"],
  ])("%d s have passed: %s", (seconds, words) => {
    expect(elapsed(seconds)).toBe(words);
  });
});

describe("ago", () => {
  it.each([
    [0, "just now"],
    [-59, "just now"],
    [30, "in less than a minute"],
    [-60, "1 minute ago"],
    [-3599, "1 hour ago"],
    [-35 * 3600, "35 hours ago"],
    [-36 * 3600, "2 days ago"],
    [-99 * 86_400, "99 days ago"],
    [-200 * 86_400, "7 months ago"],
    [-3 * 31_556_952, "3 years ago"],
    [24 * 3600, "in 24 hours"],
    [90 * 86_400, "in 90 days"],
  ])("%d s: %s", (seconds, words) => {
    expect(ago(seconds)).toBe(words);
  });

  it("is kept true on a page that stays open", () => {
    const time = document.createElement("time");
    time.dateTime = "2026-11-22T09:00:00+00:00";
    const words = document.createElement("span");
    words.dataset["ago"] = "";
    words.textContent = "just now";
    time.append(words);
    document.body.append(time);
    age(document, Date.parse("2026-11-22T09:05:00Z"));
    expect(words.textContent).toBe("5 minutes ago");
  });
});

describe("addresses", () => {
  it("hold whatever somebody is called", () => {
    expect(personPage("a/b?x=1 Ü")).toBe("/ops/people/a%2Fb%3Fx%3D1%20%C3%9C/");
    expect(notificationPage("ntf_1")).toBe("/ops/notifications/ntf_1/");
  });
});

describe("marks", () => {
  const noon = Date.parse("2026-11-22T12:00:00Z") / 1000;
  const runs = [
    run("b", { began: "2026-11-22T11:30:00Z", ended: "2026-11-22T11:50:00Z", died: true }),
    run("a", { began: "2026-11-22T11:00:00Z", ended: "2026-11-22T11:55:00Z" }),
    run("c", { began: "2026-11-22T11:58:00Z" }),
  ];

  it("are of the time that is shown, oldest first", () => {
    expect(marksOf(runs, noon - 1200).map(({ kind, run: { server } }) => [kind, server])).toEqual([
      ["death", "b"],
      ["stop", "a"],
      ["start", "c"],
    ]);
  });

  it("are told as a table, newest first, and servers' names are only text", () => {
    const [body, summary] = [document.createElement("tbody"), document.createElement("summary")];
    listMarks(body, summary, marksOf([run("<img src=x>", { began: "2026-11-22T11:58:00Z" }), ...runs], noon - 1200));
    expect(summary.textContent).toBe("Servers that came and went (4)");
    expect([...body.querySelectorAll("td:nth-child(2)")].map((cell) => cell.textContent)).toEqual(["▲ started", "▲ started", "▼ stopped", "✕ died"]);
    expect([body.textContent?.includes("<img src=x>"), body.querySelector("img")]).toEqual([true, null]);
    listMarks(body, summary, []);
    expect([summary.textContent, body.children.length]).toEqual(["No server came or went", 0]);
  });
});

describe("the choice of a span", () => {
  let links: HTMLElement;
  const chosen: number[] = [];

  beforeEach(() => {
    chosen.length = 0;
    links = document.createElement("nav");
    for (const span of [5, 120]) {
      const link = document.createElement("a");
      link.href = `?span=${span}`;
      link.dataset["span"] = String(span);
      links.append(link);
    }
    document.body.append(links);
    chooseSpan(links, (span) => chosen.push(span));
  });

  function click(number: number, init: MouseEventInit = {}): Event {
    const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...init });
    links.children[number]?.dispatchEvent(event);
    return event;
  }

  it("is kept in the address, without a load", () => {
    expect(click(1).defaultPrevented).toBe(true);
    expect([chosen, location.search, links.children[1]?.getAttribute("aria-current")]).toEqual([[120], "?span=120", "true"]);
    click(0);
    expect([location.search, links.children[1]?.hasAttribute("aria-current")]).toEqual(["?span=5", false]);
  });

  it("lets a link be opened in a tab of its own", () => {
    expect(click(1, { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(chosen).toEqual([]);
  });
});
