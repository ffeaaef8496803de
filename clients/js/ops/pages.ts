/** What every page of the operators has besides what the server renders. All of them work without it. */
import { age } from "./ago.js";
import { copyOnClick } from "./copying.js";
import { Freshening } from "./freshening.js";

const AGING = 15_000;

document.documentElement.dataset["script"] = "on";
copyOnClick(document);
setInterval(() => age(document), AGING);
new Freshening(() => age(document)).start();

// What was prepared is left as it was begun; in a field Escape is the browser's.
document.addEventListener("keydown", (event) => {
  const back = document.querySelector<HTMLAnchorElement>("a[data-cancel]");
  const inField = event.target instanceof Element && event.target.matches("input, select, textarea");
  if (event.key === "Escape" && back !== null && !inField && !event.isComposing) back.click();
});

// On a phone the masthead scrolls: the page that one is on is in sight.
const here = document.querySelector<HTMLElement>(".nav [aria-current]");
const nav = here?.parentElement;
if (here !== null && nav) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
