// @vitest-environment happy-dom
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { NotifierToasts, TEXTS } from "../src/elements.js";
import { createPanel } from "../src/elements/panel.js";
import { createRow } from "../src/elements/row.js";
import { createWords } from "../src/elements/texts.js";
import { createToastStack } from "../src/elements/toaststack.js";
import { NotifierClient } from "../src/index.js";
import "./animations.js";
import "./parts.js";
import { notification } from "./scriptedserver.js";

const folder = join(import.meta.dirname, "..");
const readme = readFileSync(join(folder, "README.md"), "utf8");
const sources = ["src", "src/elements"]
  .flatMap((each) => readdirSync(join(folder, each)).map((name) => join(folder, each, name)))
  .filter((path) => /\.(ts|css)$/.test(path))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");

/** What the first column of the tables below a heading names. */
function documented(heading: string): string[] {
  const [, section = ""] = readme.split(new RegExp(`^###? ${heading}$`, "m"));
  const [table = ""] = section.split(/^##/m);
  const cells = [...table.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "")).sort();
}

function found(pattern: RegExp, text = sources): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ""))].sort();
}

const client = new NotifierClient({ url: "ws://localhost/", WebSocket });
const words = createWords();
const { signal } = new AbortController();

it("names every text", () => {
  expect(documented("Texts")).toEqual(Object.keys(TEXTS).sort());
});

it("names every CSS variable", () => {
  expect(documented("CSS variables")).toEqual(found(/var\((--notifier-[a-z-]+)/g));
});

it("names every attribute", () => {
  const inCode = found(/(?:[gG]etAttribute|hasAttribute|number)\("([a-z-]+)"/g).filter((each) => !each.startsWith("aria"));
  const inSheet = found(/:host\(\[([a-z]+)[$^]/g);
  const observed = NotifierToasts.observedAttributes;
  const all = new Set([...inCode, ...inSheet, ...observed]);
  expect(documented("Attributes")).toEqual([...all].filter((each) => each !== "hidden").sort());
});

it("names every event", () => {
  const inCode = found(/(?:new (?:Custom)?Event\(|tell\()"(notifier-[a-z]+)"/g);
  expect(documented("Events of the elements")).toEqual(inCode);
  const [, events = ""] = sources.split("export interface NotifierEvents {");
  expect(documented("Events")).toEqual(found(/^ {2}([a-z]+): /gm, events.split("\n}")[0]));
});

it("names every part", () => {
  const host = document.body.appendChild(document.createElement("div"));
  const root = host.attachShadow({ mode: "open" });
  const stack = createToastStack(root, { words, max: 3, duration: 1, hotkey: "", seen: () => {} }, signal);
  stack.show(notification("a", { body: "b", data: { actions: [{ label: "l", name: "n" }] } }));
  const item = { ...notification("b"), read: false, archived: false };
  const row = createRow(item, words, client);
  row.update(item);
  root.append(createPanel(client, words, host, signal), row.node);
  const parts = [...root.querySelectorAll("[part]:not([part=''])")].flatMap((each) => (each.getAttribute("part") ?? "").split(" "));
  // The bell's own are made when it is in a page.
  expect(documented("Parts")).toEqual([...new Set([...parts, "button", "badge"])].sort());
});

it("names every option of the client", () => {
  const [, options = ""] = sources.split("export interface NotifierOptions {");
  expect(documented("Options")).toEqual(found(/^ {2}readonly (\w+)/gm, options.split("\n}")[0]));
});

it("names every method and property of the client that is not an event target's", () => {
  const names = new Set<string>();
  for (let type = NotifierClient.prototype; type !== EventTarget.prototype; type = Object.getPrototypeOf(type)) {
    for (const name of Object.getOwnPropertyNames(type)) names.add(name);
  }
  const [, section = ""] = readme.split("## The client");
  const missing = [...names].filter((name) => !["constructor", "dispatchEvent"].includes(name) && !section.includes(`\`${name}`));
  expect(missing).toEqual([]);
});
