/** How long the server may take, in milliseconds. */
const PATIENCE = 10_000;

/** The form that sends one notification to oneself. */
export class SendForm {
  readonly #form: HTMLFormElement;
  readonly #result: HTMLElement;
  readonly #path: string;

  /** @param result where a failure is told */
  constructor(form: HTMLFormElement, result: HTMLElement, path: string) {
    this.#form = form;
    this.#result = result;
    this.#path = path;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  async #submit(): Promise<void> {
    this.#result.textContent = "";
    try {
      const failure = await this.#send(new FormData(this.#form));
      this.#result.textContent = failure;
    } catch {
      this.#result.textContent = "The server could not be reached. Try again.";
    }
  }

  /** Returns what went wrong, or "". */
  async #send(fields: FormData): Promise<string> {
    const field = (name: string): string => String(fields.get(name) ?? "");
    const response = await fetch(this.#path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": field("csrfmiddlewaretoken") },
      body: JSON.stringify({ level: field("level"), title: field("title"), body: field("body") }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return "";
    if (response.status === 403) return "You are not signed in any more. Reload the page.";
    return (await problem(response)) ?? `The server answered ${response.status}. Nothing was sent.`;
  }
}

/** What an `application/problem+json` answer says, or null when the answer is none. */
async function problem(response: Response): Promise<string | null> {
  try {
    const { detail, title } = (await response.json()) as { detail?: unknown; title?: unknown };
    return typeof detail === "string" ? detail : typeof title === "string" ? title : null;
  } catch {
    return null;
  }
}
