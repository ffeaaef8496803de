declare const PATHS: {
    bell: string;
    check: string;
    dot: string;
    archive: string;
    back: string;
    close: string;
};
export type Icon = keyof typeof PATHS;
/** Those that are missing are left out. */
type Child = Node | string | null | undefined;
export type Attributes = Readonly<Record<string, string>>;
/**
 * Makes an element. Texts are set as text.
 *
 * @param names its classes, which are its parts as well
 */
export declare const make: <Tag extends keyof HTMLElementTagNameMap>(tag: Tag, names?: string, attributes?: Attributes, ...children: Child[]) => HTMLElementTagNameMap[Tag];
/** Makes a button that says what it does. */
export declare const button: (names: string, text: string, press: () => unknown, attributes?: Attributes) => HTMLButtonElement;
/** Makes a button that shows what it does. */
export declare const iconButton: (names: string, press: () => void, name: Icon, label: string) => HTMLButtonElement;
/** Gives a button its icon and the name of it. */
export declare const dress: (element: HTMLElement, name: Icon, label: string) => void;
/** A line drawing that takes the colour of the text around it; no policy has to allow an image for it. */
export declare const icon: (name: Icon) => Element;
export {};
