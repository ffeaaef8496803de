/** How long the button says that it worked, in milliseconds. */
const SHOWN = 2_000;

/** The button that copies a command. */
export class CommandCopy {
  readonly #button: HTMLButtonElement;
  readonly #command: HTMLElement;
  readonly #result: HTMLElement;
  readonly #label: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param result tells assistive technology how it went */
  constructor(button: HTMLButtonElement, command: HTMLElement, result: HTMLElement) {
    this.#button = button;
    this.#command = command;
    this.#result = result;
    this.#label = button.textContent ?? "";
    button.addEventListener("click", () => void this.#copy());
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#command.textContent ?? "");
      this.#say("Copied");
    } catch {
      // Browsers have no clipboard on plain http beyond this machine: the person copies what is selected.
      getSelection()?.selectAllChildren(this.#command);
      this.#say("Selected");
    }
  }

  #say(word: string): void {
    this.#button.textContent = word;
    this.#result.textContent = word;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#button.textContent = this.#label;
      this.#result.textContent = "";
    }, SHOWN);
  }
}
