import { WebSocket } from "ws";

import { MemoryStorage, NotifierClient, type NotifierEvents, type NotifierOptions, sharedTabs } from "../src/index.js";
import { Peer, type ScriptedServer, welcome } from "./scriptedserver.js";

/** The next event of a type. */
export function next<Type extends keyof NotifierEvents>(
  client: NotifierClient,
  type: Type,
): Promise<NotifierEvents[Type]> {
  return new Promise((resolve) => {
    client.addEventListener(type, ({ detail }) => resolve(detail), { once: true });
  });
}

/** The next time that the client has this status. */
export function becomes(client: NotifierClient, wanted: NotifierEvents["status"]["status"]): Promise<NotifierEvents["status"]> {
  return new Promise((resolve) => {
    const listen = ({ detail }: CustomEvent<NotifierEvents["status"]>): void => {
      if (detail.status !== wanted) return;
      client.removeEventListener("status", listen);
      resolve(detail);
    };
    client.addEventListener("status", listen);
  });
}

/** Pages of one browser: they share its storage, and are all closed at the end of a test. */
export class Browser {
  readonly storage = new MemoryStorage();
  readonly #server: ScriptedServer;
  readonly #clients: NotifierClient[] = [];

  constructor(server: ScriptedServer) {
    this.#server = server;
  }

  /** A page that has not connected yet. */
  page(options: Partial<NotifierOptions> = {}): NotifierClient {
    const client = new NotifierClient({ url: this.#server.url, storage: this.storage, WebSocket, tabs: sharedTabs, ...options });
    this.#clients.push(client);
    return client;
  }

  /** A page that was welcomed with these fields, its peer and the hello that it said. */
  async live(
    fields: Parameters<typeof welcome>[0] = {},
    options: Partial<NotifierOptions> = {},
  ): Promise<{ client: NotifierClient; peer: Peer; hello: unknown; shown: string[] }> {
    const client = this.page(options);
    const shown: string[] = [];
    client.addEventListener("notification", ({ detail }) => shown.push(detail.notification.id));
    client.connect();
    return { client, shown, ...(await this.welcomed(client, fields)) };
  }

  /** Welcomes the client that connects next. */
  async welcomed(
    client: NotifierClient,
    fields: Parameters<typeof welcome>[0] = {},
  ): Promise<{ peer: Peer; hello: unknown }> {
    const peer = await this.#server.peer();
    const hello = await peer.frame();
    const live = becomes(client, "live");
    peer.send(welcome(fields));
    await live;
    return { peer, hello };
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}
