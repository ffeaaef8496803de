import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type Banner, MemoryStorage, NotifierClient } from "../src/index.js";
import { ScriptedServer, welcome } from "./scriptedserver.js";

const MAINTENANCE: Banner = { text: "Maintenance at 18:00 UTC", level: "warning", until: "2026-11-22T20:00:00Z" };

let server: ScriptedServer;
let client: NotifierClient;
let shown: (string | null)[];

beforeEach(async () => {
  server = await ScriptedServer.start();
  client = new NotifierClient({ url: server.url, storage: new MemoryStorage() });
  shown = [];
  client.addEventListener("banner", ({ detail }) => shown.push(detail?.text ?? null));
});

afterEach(async () => {
  client.close();
  await server.stop();
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

describe("the banner", () => {
  it("comes live, is replaced, and is taken down", async () => {
    client.connect();
    const peer = await server.peer();
    peer.send(welcome(), { type: "banner", ...MAINTENANCE }, { type: "banner", ...MAINTENANCE, text: "At 19:00" });
    peer.send({ type: "banner" });
    await settled();
    expect(shown).toEqual([MAINTENANCE.text, "At 19:00", null]);
  });

  it("comes with the welcome, and is told once however often one connects", async () => {
    client.connect();
    const first = await server.peer();
    first.send(welcome({ banner: MAINTENANCE }), { type: "banner", ...MAINTENANCE });
    await settled();
    first.cut();
    const second = await server.peer();
    second.send(welcome({ banner: MAINTENANCE }));
    await settled();
    expect(shown).toEqual([MAINTENANCE.text]);
  });

  it("is gone when it was taken down while away", async () => {
    client.connect();
    const first = await server.peer();
    first.send(welcome({ banner: MAINTENANCE }));
    await settled();
    first.cut();
    (await server.peer()).send(welcome());
    await settled();
    expect(shown).toEqual([MAINTENANCE.text, null]);
  });
});
