import { Charts } from "./charts.js";
import { Disconnects } from "./disconnects.js";
import { element } from "./dom.js";
import { EventTail } from "./eventtail.js";
import { Feed, type Listener } from "./feed.js";
import { FINE, History } from "./history.js";
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
  const histories = new Map<number, History>();
  let span = page.span ?? FINE;
  const history = (of: number): History => {
    let found = histories.get(of);
    if (found === undefined) {
      found = new History(of, (changed) => {
        if (changed.span === span) charts.show(changed);
        if (changed.span === FINE) disconnects.show(changed);
      });
      histories.set(of, found);
    }
    return found;
  };
  history(FINE);
  history(span);
  chooseSpan(element("spans", HTMLElement), (chosen) => {
    span = chosen;
    const wanted = history(span);
    if (wanted.loaded) charts.show(wanted);
    else wanted.fresh();
  });
  return [
    new Tiles(element("tiles", HTMLElement), element("problems", HTMLElement)),
    new Servers(element("servers", HTMLElement), element("database", HTMLElement), element("redis", HTMLElement)),
    disconnects,
    {
      fresh: () => histories.forEach((each) => each.fresh()),
      board: (board) => histories.forEach((each) => each.board(board)),
      points: (of, points) => histories.forEach((each) => each.points(of, points)),
    },
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
