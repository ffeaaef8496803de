import { type Where, follow, marks, readAll, reads, unfollow } from "./encode.js";
import type { Command } from "./outbox.js";
import { isObject } from "./parse.js";

/** What a tab asks of the one that holds the socket. */
export type Asked =
  | { readonly kind: "commands"; readonly commands: readonly Command[] }
  | { readonly kind: "page"; readonly where: Where }
  | { readonly kind: "ping" };

const MAX_PATH = 2_048;

/**
 * Reads what another tab sent, and makes the frames anew: whatever runs in that tab, the server is never sent what would
 * close the connection. Null for what is nothing of the kind.
 */
export function readAsked(text: string): Asked | null {
  try {
    const frame: unknown = JSON.parse(text);
    if (!isObject(frame)) return null;
    const { type, topic, visible } = frame;
    const ids = Array.isArray(frame["ids"]) ? frame["ids"].map(String) : [];
    switch (type) {
      case "ping":
        return { kind: "ping" };
      case "page": {
        const path = frame["page"];
        const where = typeof path === "string" ? { page: path.slice(0, MAX_PATH) } : {};
        return { kind: "page", where: { ...where, visible: visible === true } };
      }
      case "read":
        return { kind: "commands", commands: frame["all"] === true ? [readAll()] : reads(ids) };
      case "unread":
      case "archive":
      case "unarchive":
      case "seen":
        return { kind: "commands", commands: marks(type, ids) };
      case "follow":
        return { kind: "commands", commands: [follow(String(topic))] };
      case "unfollow":
        return { kind: "commands", commands: [unfollow(String(topic))] };
    }
  } catch {
    // No JSON, or what the server would not take.
  }
  return null;
}
