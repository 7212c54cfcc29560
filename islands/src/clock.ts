/**
 * Ticks every clock of the page once a second.
 *
 * The server writes the time of its answer into <meta name="server-now">; the difference to this device's clock is
 * kept, so a wrong device clock does not matter. An ancestor with data-clock-* makes the clocks inside follow an
 * exercise: scenario time = data-clock-scenario + (wall - data-clock-wall) x speed, standing still while paused.
 */

const offset = serverOffset();

function serverOffset(): number {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="server-now"]');
  return meta ? Date.parse(meta.content) - Date.now() : 0;
}

/** The server's present, in milliseconds. */
export function serverNow(): number {
  return Date.now() + offset;
}

/** The present on the clock that an element follows. */
export function nowFor(element: Element): number {
  const wall = serverNow();
  const frame = element.closest<HTMLElement>("[data-clock-wall]");
  if (!frame) return wall;
  const scenario = Date.parse(frame.dataset.clockScenario ?? "");
  if (frame.dataset.clockPaused) return scenario;
  return scenario + (wall - Date.parse(frame.dataset.clockWall ?? "")) * Number(frame.dataset.clockSpeed ?? "1");
}

const two = (value: number): string => String(value).padStart(2, "0");

/** Writes a span as 12:05, 3:12:05 or 2 d 03:12:05; the same as wording.running_clock on the server. */
export function runningClock(milliseconds: number): string {
  let rest = Math.abs(Math.round(milliseconds / 1000));
  const days = Math.floor(rest / 86400);
  rest %= 86400;
  const hours = Math.floor(rest / 3600);
  const minutes = Math.floor((rest % 3600) / 60);
  const tail = `${two(minutes)}:${two(rest % 60)}`;
  if (days) return `${days} ${document.documentElement.dataset.day ?? "d"} ${two(hours)}:${tail}`;
  return hours ? `${hours}:${tail}` : tail;
}

function tickRemaining(element: HTMLElement): void {
  const left = Date.parse(element.dataset.until ?? "") - nowFor(element);
  const isLate = left < 0;
  element.classList.toggle("is-late", isLate);
  const word = element.querySelector(".clock-word");
  const figure = element.querySelector("b");
  if (word) word.textContent = (isLate ? element.dataset.late : element.dataset.left) ?? "";
  if (figure) figure.textContent = runningClock(left);
}

function tickWall(): void {
  const element = document.querySelector<HTMLElement>("[data-wall-clock]");
  if (!element) return;
  const date = document.querySelector<HTMLElement>("[data-wall-date]");
  // The server wrote its local time; the difference to UTC is read off the first value, so zones need no table here.
  const zone = Number((element.dataset.zone ??= String(zoneOffset(element))));
  const local = new Date(serverNow() + zone);
  element.textContent = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  if (date) date.textContent = local.toISOString().slice(0, 10);
}

function zoneOffset(element: HTMLElement): number {
  const instant = element.getAttribute("datetime") ?? "";
  const date = document.querySelector("[data-wall-date]")?.textContent ?? instant.slice(0, 10);
  const shown = Date.parse(`${date}T${element.textContent?.trim()}Z`);
  return Math.round((shown - Date.parse(instant)) / 60000) * 60000;
}

function tick(): void {
  tickWall();
  for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
    element.textContent = runningClock(Math.max(0, nowFor(element) - Date.parse(element.dataset.since ?? "")));
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-until]")) tickRemaining(element);
  for (const element of document.querySelectorAll<HTMLElement>("[data-scenario-clock]")) {
    const zone = Number(document.querySelector<HTMLElement>("[data-wall-clock]")?.dataset.zone ?? "0");
    const local = new Date(nowFor(element) + zone);
    element.textContent = `${local.toISOString().slice(5, 10)} ${local.toISOString().slice(11, 19)}`;
  }
  document.dispatchEvent(new CustomEvent("youbei:tick"));
}

tick();
setInterval(tick, 1000);
