const PATHS = {
  bell: "M6 9.5a6 6 0 0 1 12 0c0 5.5 2.25 7 2.25 7H3.75S6 15 6 9.5M10 20a2.25 2.25 0 0 0 4 0",
  check: "m5 12.5 4.5 4.5L19 7.5",
  dot: "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
  archive: "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
  back: "M4 5h16v4H4zM5.5 9v10h13V9M12 16.5V12m-2 1.5 2-2 2 2",
  close: "m6.5 6.5 11 11m0-11-11 11",
};

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing that takes the colour of the text around it; no policy has to allow an image for it. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
