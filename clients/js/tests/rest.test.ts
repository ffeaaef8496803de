// @vitest-environment happy-dom
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { type AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { InboxError, type NotifierClient } from "../src/index.js";
import { Browser } from "./pages.js";
import { ScriptedServer, notification, notificationId, welcome } from "./scriptedserver.js";
import { keepTabsApart, letTabsShare, live, tokensOf, until } from "./sharing.js";

let server: ScriptedServer;
let browser: Browser;
let http: Server;
let asked: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  server = await ScriptedServer.start();
  browser = new Browser(server);
  asked = [];
  http = createServer((request, response) => {
    asked.push(request);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    if (request.method === "OPTIONS") response.end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  browser.close();
  keepTabsApart();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  await server.stop();
});

const api = (): string => `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1`;

function page(options: Parameters<Browser["page"]>[0] = {}): NotifierClient {
  return browser.page({ api: api(), getToken: tokensOf("alice"), ...options });
}

function answers(status: number, body: unknown): void {
  answer = (_, response) => {
    response.statusCode = status;
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

const item = { ...notification(notificationId(1)), read: false, archived: false };
const gets = (): (string | undefined)[] => asked.filter(({ method }) => method === "GET").map(({ url }) => url);

vi.setConfig({ testTimeout: 15_000 });

describe("the inbox", () => {
  it("is asked for page by page, with the socket's token", async () => {
    answers(200, { notifications: [item], next: "abc", unread: 4 });
    const token = await tokensOf("alice")();
    const client = page({ getToken: async () => token });
    expect(await client.inbox()).toEqual({ notifications: [item], next: "abc", unread: 4 });
    expect(asked.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
    await page().inbox({ cursor: "abc", limit: 10, view: "archived" });
    await page().inbox({ cursor: null, view: "unread" });
    expect(gets()).toEqual([
      "/api/v1/inbox",
      "/api/v1/inbox?cursor=abc&limit=10&view=archived",
      "/api/v1/inbox?view=unread",
    ]);
  });

  it("needs no token where there is a session", async () => {
    answers(200, { notifications: [], next: null, unread: 0 });
    await page({ getToken: undefined as never }).inbox();
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  it("says why it cannot be had", async () => {
    answers(422, { type: "about:blank", status: 422, code: "invalid", detail: "#/cursor: no cursor" });
    const error = (await page().inbox({ cursor: "x" }).catch((reason: unknown) => reason)) as InboxError;
    expect(error).toBeInstanceOf(InboxError);
    expect([error.status, error.code, error.message]).toEqual([422, "invalid", "#/cursor: no cursor"]);
  });

  it.each<[number, unknown]>([
    [502, "<html>"],
    [200, "{"],
    [200, []],
    [200, { notifications: [{ id: 1 }], next: null, unread: 0 }],
    [200, { notifications: [], next: 1, unread: 0 }],
  ])("is not what is none: %s %j", async (status, body) => {
    answers(status, body);
    await expect(page().inbox()).rejects.toMatchObject({ status, code: "malformed" });
  });

  it("cannot be reached without a network, or without a token", async () => {
    await expect(page({ api: "http://127.0.0.1:9/" }).inbox()).rejects.toMatchObject({ status: 0, code: "unreachable" });
    const getToken = (): Promise<string> => Promise.reject(new Error("no"));
    await expect(page({ getToken }).inbox()).rejects.toMatchObject({ status: 0, code: "token_unavailable" });
  });

  it("is asked for once more with a new token when the old one is over", async () => {
    const tokens = ["old", "new"];
    answer = (request, response) => {
      const isNew = request.headers.authorization === "Bearer new";
      response.statusCode = isNew ? 200 : 401;
      response.end(JSON.stringify(isNew ? { notifications: [], next: null, unread: 0 } : { code: "token_expired", detail: "" }));
    };
    const getToken = async (): Promise<string> => tokens.shift() ?? "none";
    expect(await page({ getToken }).inbox()).toMatchObject({ unread: 0 });
    await expect(page({ getToken }).inbox()).rejects.toMatchObject({ status: 401, code: "token_expired" });
  });

  it("is not waited for any more when it was aborted", async () => {
    answer = () => {};
    const stop = new AbortController();
    const asking = page().inbox({ signal: stop.signal });
    await until(() => gets().length > 0, "it to be asked for");
    stop.abort(new Error("enough"));
    await expect(asking).rejects.toThrow("enough");
  });
});

describe("whose tab it is", () => {
  beforeEach(letTabsShare);

  it("the service tells, where there is a session", async () => {
    answers(200, { user: "alice" });
    const [first, second] = [page({ getToken: undefined as never }), page({ getToken: undefined as never })];
    first.connect();
    await browser.welcomed(first);
    second.connect();
    second.connect(); // Once is enough.
    await live(second);
    expect([first.leads, second.leads]).toEqual([true, false]);
    expect(gets()).toEqual(["/api/v1/me", "/api/v1/me"]);
  });

  it.each<[number, unknown]>([
    [401, { code: "unauthenticated", detail: "" }],
    [200, { user: 7 }],
  ])("is known from the welcome, where the service does not tell: %s", async (status, body) => {
    answers(status, body);
    const first = page({ getToken: undefined as never });
    first.connect();
    await browser.welcomed(first);
    const second = page({ getToken: undefined as never });
    second.connect();
    const peer = await server.peer();
    await peer.frame();
    peer.send(welcome());
    await until(() => !second.leads, "the second to follow");
    expect(await peer.ended()).toBeTruthy();
  });

  it("is known from the welcome, where the token does not tell", async () => {
    const getToken = async (): Promise<string> => "opaque";
    const first = page({ getToken });
    first.connect();
    await browser.welcomed(first);
    expect(first.leads).toBe(true);
  });

  it("is not waited for long", async () => {
    answer = () => {};
    const client = page({ getToken: undefined as never });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    client.connect();
    vi.advanceTimersByTime(5_000);
    vi.useRealTimers();
    await browser.welcomed(client);
    expect(client.leads).toBe(true);
  });

  it("is of no interest any more when the client was closed", async () => {
    answer = () => {};
    const client = page({ getToken: undefined as never });
    client.connect();
    expect([client.readyState, client.status]).toEqual([0, "connecting"]);
    client.close();
    expect([client.readyState, client.status]).toEqual([3, "offline"]);
  });
});
