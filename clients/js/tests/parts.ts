/** Gives happy-dom what it lacks of the parts of an element: turning one on or off. */
Object.defineProperty(Element.prototype, "part", {
  get(this: Element) {
    return {
      toggle: (name: string, isOn: boolean): void => {
        const others = (this.getAttribute("part") ?? "").split(" ").filter((each) => each !== name);
        this.setAttribute("part", [...others, ...(isOn ? [name] : [])].join(" "));
      },
    };
  },
});
