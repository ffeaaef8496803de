/** Reads "F8" or "Alt+T": a key with the modifiers that must be held, no others. "" is no key at all. */
export function hotkey(text: string): (event: KeyboardEvent) => boolean {
  const parts = text.toLowerCase().split("+");
  const key = parts.pop()!;
  return (event) =>
    !!key &&
    // What a browser fills in by itself comes as a keydown that has none of these, nor a key.
    (["alt", "ctrl", "meta", "shift"] as const).every((each) => event[`${each}Key`] === parts.includes(each)) &&
    // With Alt a Mac types another letter; the code is that of the key.
    (event.key.toLowerCase() === key || event.code.toLowerCase() === `key${key}`);
}
