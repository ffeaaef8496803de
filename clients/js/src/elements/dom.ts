import { listen } from "../listen.js";

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  bell: "M6 10a6 6 0 0 1 12 0v5l2 2H4l2-2zm4 10h4",
  check: "m5 12 5 5L19 7",
  dot: "M12 10a2 2 0 1 0 .1 0",
  archive: "M4 5h16v4H4zm2 4v10h12V9m-8 4h4",
  back: "m6 11 6-6 6 6M12 5v14",
  close: "m7 7 10 10m0-10L7 17",
};

export type Icon = keyof typeof PATHS;

/** Those that are missing are left out. */
type Child = Node | string | null | undefined;

export type Attributes = Readonly<Record<string, string>>;

const furnish = <Made extends Element>(element: Made, attributes: Attributes, ...children: Child[]): Made => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...(children.filter((each) => each) as Node[]));
  return element;
};

/**
 * Makes an element. Texts are set as text.
 *
 * @param names its classes, which are its parts as well
 */
export const make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  names = "",
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] => {
  return furnish(document.createElement(tag), { class: names, part: names, ...attributes }, ...children);
};

/** Makes a button that says what it does. */
export const button = (names: string, text: string, press: () => unknown, attributes: Attributes = {}): HTMLButtonElement => {
  const made = make("button", names, attributes, text);
  listen(made, "click", press);
  return made;
};

/** Makes a button that shows what it does. */
export const iconButton = (names: string, press: () => void, name: Icon, label: string): HTMLButtonElement => {
  const made = button(names, "", press);
  dress(made, name, label);
  return made;
};

/** Gives a button its icon and the name of it. */
export const dress = (element: HTMLElement, name: Icon, label: string): void => {
  element.title = element.ariaLabel = label;
  element.replaceChildren(icon(name));
};

/** A line drawing that takes the colour of the text around it; no policy has to allow an image for it. */
export const icon = (name: Icon): Element => {
  const path = furnish(document.createElementNS(SVG, "path"), { d: PATHS[name] });
  return furnish(document.createElementNS(SVG, "svg"), { viewBox: "0 0 24 24", "aria-hidden": "true" }, path);
};
