declare const PATHS: {
    bell: string;
    check: string;
    dot: string;
    archive: string;
    back: string;
    close: string;
};
/** A line drawing that takes the colour of the text around it; no policy has to allow an image for it. */
export declare function icon(name: keyof typeof PATHS): SVGElement;
export {};
