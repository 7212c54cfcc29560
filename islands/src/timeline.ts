/**
 * Adds to the time chart drawn by the server: zoom, a now-line that walks, what a step depends on, and details.
 *
 * Every drawn thing carries its pixels at the server's scale in data-x (and data-w for a width); zooming multiplies
 * them, so rows stay where the server packed them. Without this island the chart is complete, at one scale.
 */

import { nowFor } from "./clock";

/** The width of the chart on a landscape A4 page. */
const PAPER_PX = 1000;
const STEPS = [1, 1.5, 2, 3, 4.5, 7, 10, 15];

class Timeline {
  private zoom = 1;
  private isPrinting = false;
  private readonly svg: SVGSVGElement;
  private readonly scroll: HTMLElement;

  constructor(private readonly root: HTMLElement) {
    this.svg = root.querySelector("svg.chart-svg") as SVGSVGElement;
    this.scroll = root.querySelector(".chart-scroll") as HTMLElement;
    const kept = Number(sessionStorage.getItem(this.key));
    if (kept > 1) this.zoom = kept;
    this.addButtons();
    this.svg.addEventListener("pointerover", (event) => this.point(event.target));
    this.svg.addEventListener("pointerleave", () => this.point(null));
    this.svg.addEventListener("click", (event) => this.open(event.target));
    this.scroll.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.apply();
    this.showNow();
    window.addEventListener("beforeprint", () => this.print(true));
    window.addEventListener("afterprint", () => this.print(false));
    new ResizeObserver(() => this.apply()).observe(this.scroll);
  }

  /** Fits the whole run onto the paper, whatever is zoomed on the screen. */
  private print(isPrinting: boolean): void {
    const zoom = this.zoom;
    this.isPrinting = isPrinting;
    if (isPrinting) this.zoom = 1;
    this.apply();
    this.zoom = zoom;
    if (!isPrinting) this.apply();
  }

  private get key(): string {
    return `youbei-zoom ${location.pathname}`;
  }

  /** How much wider than the server drew it the chart must be to fill the page. */
  private get fit(): number {
    if (this.isPrinting) return (PAPER_PX - 200) / Number(this.root.dataset.width);
    return Math.max(1, (this.scroll.clientWidth - 1) / Number(this.root.dataset.width));
  }

  private get scale(): number {
    return this.fit * this.zoom;
  }

  private get width(): number {
    return Number(this.root.dataset.width) * this.scale;
  }

  private addButtons(): void {
    const box = this.root.querySelector<HTMLElement>("[data-zoom-buttons]");
    if (!box) return;
    box.hidden = false;
    box.onclick = (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-zoom]");
      if (!button) return;
      if (button.dataset.zoom === "now") this.showNow();
      else this.setZoom(this.next(button.dataset.zoom === "in" ? 1 : -1));
    };
  }

  private next(direction: 1 | -1): number {
    const here = STEPS.findIndex((step) => step >= this.zoom - 0.01);
    return STEPS[Math.min(STEPS.length - 1, Math.max(0, here + direction))] ?? 1;
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.setZoom(this.next(event.deltaY < 0 ? 1 : -1), event.clientX - this.scroll.getBoundingClientRect().left);
  }

  private setZoom(zoom: number, anchor = this.scroll.clientWidth / 2): void {
    const at = (this.scroll.scrollLeft + anchor) / this.zoom;
    this.zoom = zoom;
    sessionStorage.setItem(this.key, String(zoom));
    this.apply();
    this.scroll.scrollLeft = at * zoom - anchor;
  }

  /** Puts everything to its place at this zoom. */
  private apply(): void {
    this.svg.setAttribute("width", String(this.width));
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.svg.dataset.height}`);
    for (const element of this.svg.querySelectorAll<SVGElement>("[data-x]")) {
      const x = Number(element.dataset.x) * this.scale + Number(element.dataset.dx ?? 0);
      if (element.tagName === "line") {
        element.setAttribute("x1", String(x));
        element.setAttribute("x2", String(x));
      } else element.setAttribute("x", String(x));
      if (element.dataset.w) element.setAttribute("width", String(Math.max(3, Number(element.dataset.w) * this.scale)));
    }
    for (const element of this.svg.querySelectorAll<SVGElement>("[data-full]")) element.setAttribute("width", String(this.width));
    for (const element of this.svg.querySelectorAll<SVGLineElement>("line[data-across]")) element.setAttribute("x2", String(this.width));
    for (const path of this.svg.querySelectorAll<SVGPathElement>("path[data-before]")) this.redraw(path);
  }

  /** Draws a dependency anew between its two bars; the same shape as timechart.elbow on the server. */
  private redraw(path: SVGPathElement): void {
    const before = this.bar(path.dataset.before);
    const after = this.bar(path.dataset.after);
    if (!before || !after) return;
    const x0 = Number(before.getAttribute("x")) + Number(before.getAttribute("width"));
    const x1 = Number(after.getAttribute("x"));
    const y0 = Number(before.getAttribute("y")) + Number(before.getAttribute("height")) / 2;
    const y1 = Number(after.getAttribute("y")) + Number(after.getAttribute("height")) / 2;
    const down = y0 + (y1 >= y0 ? 13 : -13);
    path.setAttribute("d", x1 >= x0 + 8 ? `M${x0} ${y0}H${x0 + 5}V${y1}H${x1}` : `M${x0} ${y0}h4V${down}H${x1 - 5}V${y1}H${x1}`);
  }

  private bar(step: string | undefined): SVGRectElement | null {
    return this.svg.querySelector<SVGRectElement>(`[data-step="${CSS.escape(step ?? "")}"] rect.bar-span`);
  }

  private stepOf(target: EventTarget | null): SVGGElement | null {
    return target instanceof Element ? target.closest<SVGGElement>("[data-step]") : null;
  }

  /** Shows what a step waits for and what waits for it. */
  private point(target: EventTarget | null): void {
    const step = this.stepOf(target)?.dataset.step;
    this.svg.classList.toggle("is-pointing", Boolean(step));
    const related = new Set([step]);
    for (const path of this.svg.querySelectorAll<SVGPathElement>("path[data-before]")) {
      const isOne = Boolean(step) && (path.dataset.before === step || path.dataset.after === step);
      path.classList.toggle("is-related", isOne);
      if (isOne) related.add(path.dataset.before).add(path.dataset.after);
    }
    for (const group of this.svg.querySelectorAll<SVGGElement>("[data-step]")) {
      group.classList.toggle("is-related", Boolean(step) && related.has(group.dataset.step));
    }
    const box = this.root.querySelector<HTMLElement>("[data-chart-says]");
    if (box) box.textContent = this.stepOf(target)?.querySelector("title")?.textContent ?? box.dataset.default ?? "";
  }

  private open(target: EventTarget | null): void {
    const step = this.stepOf(target)?.dataset.step;
    const row = step ? document.getElementById(`step-${step}`) ?? document.getElementById(`row-${step}`) : null;
    if (!row) return;
    row.closest("details")?.setAttribute("open", "");
    row.scrollIntoView({ block: "center" });
    row.focus();
  }

  private nowX(): number {
    const start = Date.parse(this.root.dataset.start ?? "");
    const end = Date.parse(this.root.dataset.end ?? "");
    return ((nowFor(this.root) - start) / (end - start)) * Number(this.root.dataset.width);
  }

  tick(): void {
    const line = this.svg.querySelector<SVGGElement>("[data-now]");
    if (!line) return;
    const x = Math.min(this.nowX(), Number(this.root.dataset.width));
    for (const part of line.querySelectorAll<SVGElement>("[data-x]")) part.dataset.x = String(x);
    for (const part of line.querySelectorAll<SVGElement>("line")) for (const name of ["x1", "x2"]) part.setAttribute(name, String(x * this.scale));
    line.querySelector("text")?.setAttribute("x", String(x * this.scale + 5));
  }

  showNow(): void {
    if (this.svg.querySelector("[data-now]")) this.scroll.scrollLeft = this.nowX() * this.scale - this.scroll.clientWidth * 0.6;
  }
}

const known = new WeakMap<Element, Timeline>();

function start(): void {
  for (const root of document.querySelectorAll<HTMLElement>("[data-timeline]")) if (!known.has(root)) known.set(root, new Timeline(root));
}

start();
document.addEventListener("youbei:replaced", start);
document.addEventListener("htmx:afterSwap", start);
document.addEventListener("youbei:tick", () => {
  for (const root of document.querySelectorAll("[data-timeline]")) known.get(root)?.tick();
});
