// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { hotkey } from "../src/elements/hotkey.js";
import { createWords } from "../src/elements/texts.js";
import { type ToastStack, createToastStack } from "../src/elements/toaststack.js";
import type { Level } from "../src/index.js";
import "./animations.js";
import { notification } from "./scriptedserver.js";
import { hide, reveal } from "./visibility.js";

let container: ShadowRoot;
let stack: ToastStack;
let stop: AbortController;
let seen: string[];

function stackOf(max: number, words = createWords({}, "en")): ToastStack {
  const host = document.body.appendChild(document.createElement("div"));
  container = host.attachShadow({ mode: "open" });
  return createToastStack(container, { max, words, duration: 6_000, hotkey: "F8", seen: (ids) => seen.push(...ids) }, stop.signal);
}

beforeEach(() => {
  vi.useFakeTimers();
  document.body.replaceChildren();
  seen = [];
  stop = new AbortController();
  stack = stackOf(3);
});

afterEach(() => {
  stop.abort();
  reveal();
  vi.useRealTimers();
});

function show(id: string, level: Level = "info"): void {
  stack.show(notification(id, { level }));
}

function title(toast: Element | undefined): string {
  return [".hidden", ".title"].map((each) => toast?.querySelector(each)?.textContent).join("");
}

function toasts(): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>(".notifier-toast")];
}

function ids(): (string | undefined)[] {
  return toasts().map((toast) => toast.dataset["id"]);
}

function more(): string {
  const element = container.querySelector<HTMLElement>(".more");
  return element === null || element.hidden ? "" : (element.textContent ?? "");
}

function dismissButton(id: string): HTMLButtonElement {
  const button = container.querySelector<HTMLButtonElement>(`[data-id="${id}"] button`);
  if (button === null) throw new Error(`There is no toast ${id}.`);
  return button;
}

function point(type: string, pointerType: string): void {
  container.querySelector(".region")?.dispatchEvent(new PointerEvent(type, { pointerType }));
}

function press(key: string): void {
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

describe("what a toast says", () => {
  it("is text, whatever is in it", () => {
    stack.show(notification("a", { title: "<img src=x onerror=alert(1)>", body: "<b>bold</b>" }));
    expect(container.querySelector("img, b")).toBeNull();
    expect(container.querySelector(".body")?.textContent).toBe("<b>bold</b>");
  });

  it("is read at once for warnings and errors, and in turn otherwise, as text alone", () => {
    const [alert, status] = ["alert", "status"].map((role) => container.querySelector(`[role="${role}"]`));
    expect([alert?.childElementCount, status?.childElementCount]).toEqual([0, 0]);
    stop.abort();
    stop = new AbortController();
    stack = stackOf(4);
    (["info", "success", "warning", "error"] as const).forEach((level) => show(level, level));
    const spoken = (role: string): string[] =>
      [...container.querySelectorAll(`[role="${role}"] p`)].map(({ textContent }) => textContent.trim());
    expect(spoken("alert")).toEqual(["Warning: Title of warning.", "Error: Title of error."]);
    expect(spoken("status")).toEqual(["Information: Title of info.", "Success: Title of success."]);
    expect(container.querySelector("[role=alert] button, [role=status] button")).toBeNull();
    vi.advanceTimersByTime(1_000);
    expect([spoken("alert"), spoken("status"), ids().length]).toEqual([[], [], 4]);
  });

  it("names the level for those who do not see it", () => {
    show("a", "error");
    expect(title(toasts()[0])).toBe("Error: Title of a");
  });

  it("links to a safe address only", () => {
    stack.show(notification("a", { url: "https://ci.example.com/42" }));
    stack.show(notification("b", { url: "javascript:alert(1)" }));
    const links = container.querySelectorAll("a");
    expect([...links].map(({ href, rel }) => [href, rel])).toEqual([["https://ci.example.com/42", "noopener noreferrer"]]);
  });
});

describe("how long a toast stays", () => {
  it("is six seconds, and an error until it is dismissed", () => {
    show("a");
    show("b", "error");
    vi.advanceTimersByTime(5_999);
    expect(ids()).toEqual(["a", "b"]);
    vi.advanceTimersByTime(1);
    expect(ids()).toEqual(["b"]);
    vi.advanceTimersByTime(3_600_000);
    expect(ids()).toEqual(["b"]);
    dismissButton("b").click();
    expect(ids()).toEqual([]);
  });

  it("stands still while the pointer is on the stack", () => {
    show("a");
    vi.advanceTimersByTime(4_000);
    for (const type of ["pointerenter", "pointerdown", "pointerup"]) point(type, "mouse");
    vi.advanceTimersByTime(60_000);
    expect(ids()).toEqual(["a"]);
    point("pointerleave", "mouse");
    vi.advanceTimersByTime(1_999);
    expect(ids()).toEqual(["a"]);
    vi.advanceTimersByTime(1);
    expect(ids()).toEqual([]);
  });

  it("stands still under a finger, and goes on when that is lifted", () => {
    show("a");
    point("pointerenter", "touch");
    point("pointerdown", "touch");
    vi.advanceTimersByTime(60_000);
    expect(ids()).toEqual(["a"]);
    point("pointerup", "touch"); // Where it has pushed another toast away, nothing tells that it left.
    vi.advanceTimersByTime(6_000);
    expect(ids()).toEqual([]);
  });

  it("is not longer after the mouse has pushed the last one away", () => {
    show("a", "error");
    point("pointerenter", "mouse");
    point("pointerdown", "mouse");
    dismissButton("a").click();
    point("pointerup", "mouse");
    show("b");
    vi.advanceTimersByTime(6_000);
    expect(ids()).toEqual([]);
  });

  it("stands still while the focus is on the stack", async () => {
    show("a");
    dismissButton("a").focus();
    vi.advanceTimersByTime(60_000);
    expect(ids()).toEqual(["a"]);
    dismissButton("a").blur();
    await Promise.resolve();
    vi.advanceTimersByTime(6_000);
    expect(ids()).toEqual([]);
  });

  it("stands still while the page is hidden", () => {
    show("a");
    hide();
    vi.advanceTimersByTime(60_000);
    expect(ids()).toEqual(["a"]);
    reveal();
    vi.advanceTimersByTime(6_000);
    expect(ids()).toEqual([]);
  });
});

describe("more than three", () => {
  it("are counted, and follow when there is room", () => {
    for (let index = 1; index <= 7; index += 1) show(`${index}`);
    expect([ids(), more()]).toEqual([["1", "2", "3"], "4 more"]);
    dismissButton("2").click();
    expect([ids(), more()]).toEqual([["1", "3", "4"], "3 more"]);
    vi.advanceTimersByTime(60_000);
    expect([ids(), more()]).toEqual([[], ""]);
  });

  it("let an error go first", () => {
    for (const id of ["1", "2", "3", "4"]) show(id);
    show("e", "error");
    dismissButton("1").click();
    expect([ids(), more()]).toEqual([["2", "3", "e"], "1 more"]);
  });

  it("become one toast beyond what anyone would wait for", () => {
    for (let index = 1; index <= 200; index += 1) show(`${index}`);
    expect(more()).toBe("197 more");
    vi.advanceTimersByTime(7 * 6_000);
    const last = toasts().at(-1);
    expect(title(last)).toBe("Information: 177 more");
    expect([last?.dataset["id"], more()]).toEqual(["", ""]);
  });

  it("are none any more when all is read, and what is counted later is that alone", () => {
    for (let index = 1; index <= 60; index += 1) show(`${index}`, "error");
    stack.remove(() => true);
    expect([ids(), more()]).toEqual([[], ""]);
    for (let index = 1; index <= 60; index += 1) show(`${index}`);
    vi.advanceTimersByTime(7 * 6_000);
    expect(title(toasts().at(-1))).toBe("Information: 37 more");
  });

  it("do not wait behind errors that nobody dismisses, and the errors come back", () => {
    for (const id of ["e1", "e2", "e3"]) show(id, "error");
    show("a");
    expect([ids(), more()]).toEqual([["e2", "e3", "a"], "1 more"]);
    vi.advanceTimersByTime(6_000);
    expect([ids(), more()]).toEqual([["e2", "e3", "e1"], ""]);
  });

  it("do not push away what someone is about to press", () => {
    for (const id of ["e1", "e2", "e3"]) show(id, "error");
    dismissButton("e1").focus();
    show("a");
    expect([ids(), more()]).toEqual([["e1", "e2", "e3"], "1 more"]);
  });
});

describe("the keyboard", () => {
  it("dismisses the newest with Escape", () => {
    show("a");
    show("b");
    press("Escape");
    expect(ids()).toEqual(["a"]);
  });

  it("dismisses the focused one with Escape, and gives the focus back", () => {
    const input = document.body.appendChild(document.createElement("input"));
    show("a");
    input.focus();
    const button = dismissButton("a");
    button.focus();
    button.dispatchEvent(new FocusEvent("focusin", { relatedTarget: input, bubbles: true }));
    press("Escape");
    expect([ids(), document.activeElement === input]).toEqual([[], true]);
  });

  it("is not meant by what a browser fills in, which is a keydown without a key", () => {
    expect(hotkey("F8")(new Event("keydown") as KeyboardEvent)).toBe(false);
  });

  it("leaves Escape alone that something else has used", () => {
    show("a");
    const event = new KeyboardEvent("keydown", { key: "Escape", cancelable: true });
    event.preventDefault();
    document.dispatchEvent(event);
    expect(ids()).toEqual(["a"]);
  });

  it("finds a button with a name", () => {
    show("a");
    expect(dismissButton("a").title).toBe("Dismiss");
  });
});
