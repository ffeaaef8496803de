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
  context ??= new AudioContext();
  const { currentTime: start, destination } = context;
  void context.resume().catch(() => {});
  const tone = new OscillatorNode(context, { frequency: 880 });
  const volume = new GainNode(context, { gain: 0.1 });
  volume.gain.setTargetAtTime(0, start + 0.1, 0.1);
  tone.connect(volume).connect(destination);
  tone.start();
  tone.stop(start + 0.6);
}

/** What the person said about system notifications: "default" means that nobody asked yet. Undefined where the browser knows none. */
export const systemPermission = (): NotificationPermission | undefined => {
  return window.Notification?.permission;
};

/** Tells it by the system; a click on it brings the page to the front and calls `open`. */
export function tellSystem({ id, title, body, icon }: Notification, open: () => void): void {
  if (systemPermission() !== "granted") return;
  const picture = safeHref(icon);
  try {
    const shown = new window.Notification(title, { body, tag: id, ...(picture && { icon: picture }) });
    shown.onclick = () => {
      window.focus();
      shown.close();
      open();
    };
  } catch {
    // Chromium on Android takes them from a service worker alone.
  }
}
