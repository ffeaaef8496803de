import { afterEach, beforeEach, expect, it } from "vitest";

import { Browser, becomes, next } from "./pages.js";
import { ScriptedServer } from "./scriptedserver.js";

let server: ScriptedServer;
let browser: Browser;
let issued: number;

beforeEach(async () => {
  server = await ScriptedServer.start();
  browser = new Browser(server);
  issued = 0;
});

afterEach(async () => {
  browser.close();
  await server.stop();
});

async function getToken(): Promise<string> {
  issued += 1;
  return `header.payload.${issued}`;
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

it("offers the token as a subprotocol", async () => {
  const { peer } = await browser.live({}, { getToken });
  expect(peer.protocols).toEqual(["notifier.v1", "notifier.token.header.payload.1"]);
});

it("uses a token again that lasts", async () => {
  const { client, peer } = await browser.live({ expires: inAnHour() }, { getToken });
  peer.close(1012);
  const again = await browser.welcomed(client, { expires: inAnHour() });
  expect(again.peer.protocols[1]).toBe("notifier.token.header.payload.1");
});

it("gets a new token when the old one expired, and is back at once", async () => {
  const { client, peer } = await browser.live({ expires: inAnHour() }, { getToken });
  const statuses: string[] = [];
  client.addEventListener("status", ({ detail }) => statuses.push(detail.status));
  peer.close(4001);
  const again = await browser.welcomed(client, { expires: inAnHour() });
  expect(again.peer.protocols[1]).toBe("notifier.token.header.payload.2");
  expect(statuses).toEqual(["connecting", "live"]);
});

it("gets a new token after a refusal", async () => {
  const { client, peer } = await browser.live({ expires: inAnHour() }, { getToken });
  const refused = becomes(client, "refused");
  peer.close(4500);
  await refused;
  client.connect();
  const again = await browser.welcomed(client);
  expect(again.peer.protocols[1]).toBe("notifier.token.header.payload.2");
});

it("tells when no token is to be had, and tries again", async () => {
  let fails = true;
  const client = browser.page({
    getToken: async () => {
      if (fails) throw new Error("the backend is down");
      return "a.b.c";
    },
  });
  const error = next(client, "error");
  client.connect();
  expect(await error).toMatchObject({ code: "token_unavailable", message: "Error: the backend is down" });
  fails = false;
  await browser.welcomed(client);
});

it("tells when the token cannot be offered", async () => {
  const client = browser.page({ getToken: async () => "no token\n" });
  const error = next(client, "error");
  client.connect();
  expect(await error).toMatchObject({ code: "connect_failed" });
});
