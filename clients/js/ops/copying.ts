/** Buttons that copy a text: what their `data-copy` says, or what the field that `data-copy-from` names holds. */

const SHOWN = 2000;

export function copyOnClick(root: Document): void {
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy], [data-copy-from]") : null;
    if (button === null) return;
    void copied(textOf(root, button)).then((done) => tell(button, done ? "Copied" : "Could not copy"));
  });
}

function textOf(root: Document, button: HTMLElement): string {
  const field = root.getElementById(button.dataset["copyFrom"] ?? "");
  return field instanceof HTMLTextAreaElement ? field.value : (button.dataset["copy"] ?? "");
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text); // a page that is served without TLS has no clipboard of its own
  }
}

function copiedByHand(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** In the button itself, for as long as it takes to see it, and in the page's own voice. */
function tell(button: HTMLElement, words: string): void {
  const voice = document.getElementById("voice");
  if (voice !== null) voice.textContent = words;
  button.dataset["said"] = words;
  setTimeout(() => delete button.dataset["said"], SHOWN);
}
