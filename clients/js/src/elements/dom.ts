import { listen } from "../listen.js";

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  bell: "M6 9.5a6 6 0 0 1 12 0c0 5.5 2 7 2 7H4s2-1.5 2-7M10 20a2.3 2.3 0 0 0 4 0",
  check: "m5 12.5 4.5 4.5L19 7.5",
  dot: "M10 12a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
  archive: "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
  back: "m6 11 6-6 6 6M12 5v14",
  close: "m7 7 10 10m0-10L7 17",
};

export type Icon = keyof typeof PATHS;

/** Those that are missing are left out. */
type Child = Node | string | null | undefined;

/** Those with an empty value are left out. */
export type Attributes = Readonly<Record<string, string>>;

function furnish<Made extends Element>(element: Made, attributes: Attributes, ...children: Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) if (value) element.setAttribute(name, value);
  element.append(...(children.filter(Boolean) as Node[]));
  return element;
}

/**
 * Makes an element. Texts are set as text.
 *
 * @param names its classes, which are its parts as well
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  names = "",
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return furnish(document.createElement(tag), { class: names, part: names, ...attributes }, ...children);
}

/** Makes a button that says what it does. */
export function button(names: string, text: string, press: () => unknown, attributes: Attributes = {}): HTMLButtonElement {
  const made = make("button", names, attributes, text);
  listen(made, "click", press);
  return made;
}

/** Makes a button that shows what it does. */
export function iconButton(names: string, press: () => void, name: Icon, label: string): HTMLButtonElement {
  const made = button(names, "", press);
  dress(made, name, label);
  return made;
}

/** Gives a button its icon and the name of it. */
export function dress(element: HTMLElement, name: Icon, label: string): void {
  element.title = element.ariaLabel = label;
  element.replaceChildren(icon(name));
}

/** A line drawing that takes the colour of the text around it; no policy has to allow an image for it. */
export function icon(name: Icon): Element {
  const path = furnish(document.createElementNS(SVG, "path"), { d: PATHS[name] });
  return furnish(document.createElementNS(SVG, "svg"), { viewBox: "0 0 24 24", "aria-hidden": "true" }, path);
}
