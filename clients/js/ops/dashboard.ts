import { Charts } from "./charts.js";
import { Disconnects } from "./disconnects.js";
import { element } from "./dom.js";
import { EventTail } from "./eventtail.js";
import { Feed, type Listener } from "./feed.js";
import { Histories } from "./histories.js";
import { FINE } from "./history.js";
import { page } from "./page.js";
import { pill } from "./pill.js";
import { Servers } from "./servers.js";
import { chooseSpan } from "./spans.js";
import { Tiles } from "./tiles.js";

function overview(): Listener[] {
  const charts = new Charts();
  const disconnects = new Disconnects(
    element("disconnects", HTMLElement),
    element("disconnects-empty", HTMLElement),
    element("storm", HTMLElement),
    element("slow", HTMLElement),
  );
  const histories = new Histories(
    page.span ?? FINE,
    (chosen) => charts.show(chosen),
    (fine) => disconnects.show(fine),
  );
  chooseSpan(element("spans", HTMLElement), (span) => histories.choose(span));
  return [
    new Tiles(element("tiles", HTMLElement), element("problems", HTMLElement)),
    new Servers(element("servers", HTMLElement), element("database", HTMLElement), element("redis", HTMLElement)),
    disconnects,
    histories,
  ];
}

function events(): Listener[] {
  return [new EventTail(element("event-list", HTMLElement), element("event-filter", HTMLFormElement))];
}

new Feed([
  pill(element("feed-state", HTMLElement)),
  ...(document.getElementById("tiles") === null ? [] : overview()),
  ...(document.getElementById("event-list") === null ? [] : events()),
]).start();
