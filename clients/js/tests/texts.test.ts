import { expect, it } from "vitest";

import { createWords } from "../src/elements/texts.js";

it("speaks English unless told otherwise", () => {
  const words = createWords({}, "en");
  expect(words.say("whileAway", 1_500)).toBe("1,500 while you were away");
});

it("takes the plural form of the page's language", () => {
  const more = { one: "{count} błąd", few: "{count} błędy", other: "{count} błędów" };
  const words = createWords({ more }, "pl");
  expect([1, 3, 5].map((count) => words.say("more", count))).toEqual(["1 błąd", "3 błędy", "5 błędów"]);
});

it("takes the browser's language for one that is none", () => {
  expect(createWords({}, "no such language!").say("dismiss")).toBe("Dismiss");
});

it("tells how long ago it was", () => {
  const words = createWords({}, "en");
  const ago = (seconds: number): string => words.ago(new Date(Date.now() - seconds * 1_000));
  expect([0, 59, 61, 7_200, 90_000, 700_000].map(ago)).toEqual([
    "now",
    "now",
    "1 minute ago",
    "2 hours ago",
    "yesterday",
    "last week",
  ]);
  expect(ago(-300)).toBe("now");
});

it("says it in other languages", () => {
  expect(createWords({}, "de").ago(new Date(Date.now() - 7_200_000))).toBe("vor 2 Stunden");
});
