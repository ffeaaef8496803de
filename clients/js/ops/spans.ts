/** The choice of the charts' time, kept in the address. Without a script its links load the page anew. */
export function chooseSpan(links: HTMLElement, chosen: (span: number) => void): void {
  links.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-span]") : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", link.href);
    for (const each of links.querySelectorAll("a")) {
      if (each === link) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    chosen(Number(link.dataset["span"]));
  });
}
