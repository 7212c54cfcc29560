/** Finds an element again after its part of the page was renewed: by its id, else by what it leads to. */
export function again(element: HTMLElement): HTMLElement | null {
  if (element.isConnected) return element;
  if (element.id) return document.getElementById(element.id);
  for (const name of ["hx-get", "href"]) {
    const value = element.getAttribute(name);
    if (value) return document.querySelector<HTMLElement>(`main [${name}="${CSS.escape(value)}"]`);
  }
  return null;
}
