import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import * as encoders from "../src/encode.js";
import { type ClientFrame, parseServerFrame } from "../src/index.js";
import { notificationId } from "./scriptedserver.js";

interface ServerVector {
  readonly name: string;
  readonly text: string;
  readonly ok: boolean;
}

type ClientVector =
  | { readonly name: string; readonly ok: true; readonly frame: ClientFrame }
  | { readonly name: string; readonly ok: false; readonly code: string };

const vectors = JSON.parse(readFileSync(new URL("../../../tests/vectors/frames.json", import.meta.url), "utf8")) as {
  readonly server: readonly ServerVector[];
  readonly client: readonly ClientVector[];
};

function whereOf({ page, visible }: encoders.Where): encoders.Where {
  return { ...(page === undefined ? {} : { page }), ...(visible === undefined ? {} : { visible }) };
}

/** What the encoder of the frame's type makes of the frame's own content. */
function encoded(frame: ClientFrame): ClientFrame[] {
  switch (frame.type) {
    case "hello":
      return [
        encoders.hello(Object.entries(frame.resume ?? {}), frame.epoch ?? null, frame.client ?? "", whereOf(frame)),
      ];
    case "ack":
      return encoders.parts(Object.entries(frame.streams)).map((streams) => ({ type: "ack", streams }));
    case "refresh":
    case "ping":
    case "page":
      return [frame]; // They are made where they are sent.
    default:
      return encoders.commands(frame);
  }
}

/** A hello may leave out each of its parts; ours always names the client, and names cursors only with their epoch. */
function isOurs(frame: ClientFrame): boolean {
  if (frame.type !== "hello") return true;
  const hasResume = frame.resume !== undefined && Object.keys(frame.resume).length > 0;
  return frame.client !== undefined && hasResume === (frame.epoch !== undefined);
}

describe("the shared vectors", () => {
  it.each(vectors.server.filter(({ ok }) => ok))("server, accepted: $name", ({ text }) => {
    const frame = parseServerFrame(text);
    if (frame !== null) expect(frame).toEqual(JSON.parse(text));
  });

  it.each(vectors.server.filter(({ ok }) => !ok))("server, rejected: $name", ({ text }) => {
    expect(() => parseServerFrame(text)).toThrow();
  });

  const ours = vectors.client.flatMap((vector) => (vector.ok && isOurs(vector.frame) ? [vector] : []));
  it.each(ours)("client, produced: $name", ({ frame }) => {
    expect(encoded(frame).map((each) => JSON.parse(JSON.stringify(each)) as unknown)).toEqual([frame]);
  });
});

describe("parseServerFrame", () => {
  it("ignores a type that it does not know", () => {
    expect(parseServerFrame('{"type": "confetti"}')).toBeNull();
    expect(parseServerFrame('{"type": "constructor"}')).toBeNull();
  });

  it("leaves fields alone that it does not know", () => {
    expect(parseServerFrame('{"type": "pong", "weather": "fine"}')).toMatchObject({ type: "pong" });
  });

  it.each(["", "null", "[]", "42", "{}", '{"type": 7}', '{"type": "reset", "stream": "everyone", "oldest": 1, "seq": "11"}'])(
    "rejects %s",
    (text) => {
      expect(() => parseServerFrame(text)).toThrow();
    },
  );

  it("names the field at fault", () => {
    expect(() => parseServerFrame('{"type": "refreshed", "expires": 7}')).toThrow("expires");
  });
});

describe("the encoders", () => {
  const many = Array.from({ length: 1_500 }, (_, index): [string, number] => [`topic:${"x".repeat(110)}${index}`, index]);

  const own = `user:${"🔔".repeat(128)}`;

  it("keep a hello below the limit of a frame, the first cursors in it", () => {
    const where = { page: "/" + "x".repeat(2_047), visible: false };
    const frame = encoders.hello([[own, 1], ...many], "e".repeat(32), "c".repeat(64), where);
    expect(new TextEncoder().encode(JSON.stringify(frame)).length).toBeLessThanOrEqual(encoders.MAX_FRAME_BYTES);
    expect(Object.keys(frame.resume ?? {})[0]).toBe(own);
    expect(Object.keys(frame.resume ?? {}).length).toBeGreaterThan(50);
  });

  it("leave out cursors without an epoch", () => {
    expect(encoders.hello([["everyone", 7]], null, "c")).toEqual({ type: "hello", client: "c" });
  });

  it("spread acknowledgements over as many frames as it takes", () => {
    const parts = encoders.parts(many);
    expect(Object.assign({}, ...parts)).toEqual(Object.fromEntries(many));
    for (const streams of parts) {
      const frame = { type: "ack", streams };
      expect(new TextEncoder().encode(JSON.stringify(frame)).length).toBeLessThanOrEqual(encoders.MAX_FRAME_BYTES);
      expect(Object.keys(frame.streams).length).toBeLessThanOrEqual(1_000);
    }
  });

  it("spread ids to read over frames of a hundred", () => {
    const ids = Array.from({ length: 250 }, (_, index) => notificationId(index));
    expect(encoders.commands({ type: "read", ids }).map((frame) => ("ids" in frame ? frame.ids.length : 0))).toEqual([100, 100, 50]);
    expect(encoders.commands({ type: "read", ids: [] })).toEqual([]);
  });

  it.each(["", " ", "a b", "a/b", ":a", "é", "a".repeat(129), "a\n"])("refuse %j as a topic", (topic) => {
    expect(() => encoders.commands({ type: "follow", topic })).toThrow(TypeError);
    expect(() => encoders.commands({ type: "unfollow", topic })).toThrow(TypeError);
  });

  it("refuse what is no id of a notification", () => {
    expect(() => encoders.commands({ type: "seen", ids: [notificationId(1), "strange"] })).toThrow("strange");
  });
});
