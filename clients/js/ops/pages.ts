/** What every page of the operators has besides what the server renders. All of them work without it. */
import { age } from "./ago.js";
import { copyOnClick } from "./copying.js";
import { Freshening } from "./freshening.js";

const AGING = 15_000;

document.documentElement.dataset["script"] = "on";
copyOnClick(document);
setInterval(() => age(document), AGING);
new Freshening(() => age(document)).start();

// On a phone the masthead scrolls: the page that one is on is in sight.
const here = document.querySelector<HTMLElement>(".nav [aria-current]");
const nav = here?.parentElement;
if (here !== null && nav) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
