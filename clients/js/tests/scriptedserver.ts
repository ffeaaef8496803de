import { type AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import type { ClientFrame, Notification, ServerFrame, WelcomeFrame } from "../src/index.js";

/** Things that arrive, each to be awaited once, in order. */
class Arrivals<Thing> {
  readonly #things: Thing[] = [];
  readonly #waiting: ((thing: Thing) => void)[] = [];

  put(thing: Thing): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting(thing);
    else this.#things.push(thing);
  }

  next(): Promise<Thing> {
    const thing = this.#things.shift();
    return thing !== undefined ? Promise.resolve(thing) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  get count(): number {
    return this.#things.length;
  }
}

/** The server's end of one connection. */
export class Peer {
  readonly protocols: readonly string[];
  readonly #socket: WebSocket;
  readonly #frames = new Arrivals<ClientFrame>();
  readonly #end = new Arrivals<{ code: number; reason: string }>();

  constructor(socket: WebSocket, protocols: readonly string[]) {
    this.protocols = protocols;
    this.#socket = socket;
    socket.on("message", (data) => this.#frames.put(JSON.parse(String(data)) as ClientFrame));
    socket.on("close", (code, reason) => this.#end.put({ code, reason: String(reason) }));
  }

  /** The next frame that the client sends. */
  frame(): Promise<ClientFrame> {
    return this.#frames.next();
  }

  /** How many frames came and were not awaited. */
  get unheard(): number {
    return this.#frames.count;
  }

  /** How the connection ended. */
  ended(): Promise<{ code: number; reason: string }> {
    return this.#end.next();
  }

  send(...frames: readonly (ServerFrame | { readonly type: string })[]): void {
    for (const frame of frames) this.#socket.send(JSON.stringify(frame));
  }

  text(text: string): void {
    this.#socket.send(text);
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  /** Cuts the line, as a network does: no close frame. */
  cut(): void {
    this.#socket.terminate();
  }
}

/** A real WebSocket server whose answers the test writes. */
export class ScriptedServer {
  readonly #server: WebSocketServer;
  readonly #peers = new Arrivals<Peer>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket, request) => {
      const offered = String(request.headers["sec-websocket-protocol"]).split(/, */);
      this.#peers.put(new Peer(socket, offered));
    });
  }

  static async start(): Promise<ScriptedServer> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "notifier.v1" });
    await new Promise((resolve) => server.once("listening", resolve));
    return new ScriptedServer(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws/notifications/`;
  }

  /** The next connection, before its hello. */
  peer(): Promise<Peer> {
    return this.#peers.next();
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const EPOCH = "0f8fad5bd9cb469fa16570867728950e";

export function welcome(fields: Partial<WelcomeFrame> = {}): WelcomeFrame {
  return {
    type: "welcome",
    connection: "con_5f0c3a9d1b7e4c62",
    user: "alice",
    epoch: EPOCH,
    streams: { "user:alice": 0, everyone: 0 },
    heads: { "user:alice": 0, everyone: 0 },
    recovered: true,
    unread: 0,
    ping: 25,
    expires: null,
    ...fields,
  };
}

/** An id as the server makes them. */
export function notificationId(index: number): string {
  return `ntf_${String(index).padStart(32, "0")}`;
}

export function notification(id: string, fields: Partial<Notification> = {}): Notification {
  return {
    id,
    title: `Title of ${id}`,
    body: "",
    level: "info",
    category: "",
    url: "",
    icon: "",
    data: {},
    created: "2026-11-22T09:30:00.123456Z",
    ...fields,
  };
}

export function entry(stream: string, seq: number, id = `${stream}-${seq}`, replayed = false): ServerFrame {
  return { type: "notification", stream, seq, replayed, notification: notification(id) };
}
