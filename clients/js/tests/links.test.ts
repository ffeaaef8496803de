import { expect, it } from "vitest";

import { safeHref } from "../src/index.js";

it.each([
  ["https://ci.example.com/42", "https://ci.example.com/42"],
  ["/orders/7?x=1#y", "http://app.example.com:8000/orders/7?x=1#y"],
  ["http://app.example.com:8000/a", "http://app.example.com:8000/a"],
])("%s leads to %s", (url, href) => {
  expect(safeHref(url, "http://app.example.com:8000/page")).toBe(href);
});

it.each([
  "",
  "http://elsewhere.example.com/",
  "//elsewhere.example.com/",
  "javascript:alert(1)",
  " java\nscript:alert(1)",
  "data:text/html,x",
  "vbscript:x",
  "blob:https://x",
  "https://app.example.com@elsewhere.example.com/",
  "https://",
])("%j is no link", (url) => {
  expect(safeHref(url, "http://app.example.com:8000/page")).toBeNull();
});
