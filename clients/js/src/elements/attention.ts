import type { Notification } from "../frames.js";
import { safeHref } from "../links.js";

/** Between two sounds, in milliseconds: a burst is heard once. */
const PAUSE = 2_000;

let context: AudioContext | undefined;
let last = 0;

/** A short, soft sound, made here: nothing is loaded. Silent where the browser wants a click on the page first. */
export function chime(): void {
  const now = Date.now();
  if (now - last < PAUSE) return;
  last = now;
  const isSilent = context?.state === "suspended";
  context ??= new AudioContext();
  const { currentTime: start, destination } = context;
  void context.resume().catch(() => {});
  // One waits already. Any more would be heard with it, all at once and loud.
  if (isSilent) return;
  const tone = new OscillatorNode(context, { frequency: 880 });
  const volume = new GainNode(context, { gain: 0.1 });
  volume.gain.setTargetAtTime(0, start + 0.1, 0.1);
  tone.connect(volume).connect(destination);
  tone.start();
  tone.stop(start + 0.6);
}

/** Tells it by the system, if the person allowed it; a click on it brings the page to the front, which shows what came meanwhile. */
export function tellSystem({ id, title, body, icon }: Notification): void {
  try {
    const shown = new window.Notification(title, { body, tag: id, icon: (safeHref(icon) ?? undefined)! });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // The browser has none, or, as Chromium on Android, for service workers alone.
  }
}
