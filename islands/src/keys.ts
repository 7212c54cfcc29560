/** Keyboard shortcuts and the sheet at the side. What each key does is listed on /shortcuts/. */

import { again } from "./focus";

let waitsForGoal = 0;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function closeSheet(): boolean {
  const sheet = document.getElementById("sheet");
  if (!sheet?.firstElementChild) return false;
  sheet.replaceChildren();
  if (openedBy) (again(openedBy) ?? document.getElementById("main"))?.focus();
  return true;
}

function moveStep(direction: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-step-row]")].filter((row) => row.offsetParent !== null);
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[here < 0 ? (direction > 0 ? 0 : rows.length - 1) : here + direction];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function go(key: string): void {
  document.querySelector<HTMLElement>(`[data-go="${CSS.escape(key)}"]`)?.click();
}

const keys: Record<string, () => void> = {
  g: () => (waitsForGoal = Date.now()),
  j: () => moveStep(1),
  k: () => moveStep(-1),
  "/": () => document.querySelector<HTMLElement>('#search-all, main input[type="search"], main input[name="q"]')?.focus(),
  "?": () => (location.href = "/shortcuts/"),
};

// The search box: up and down go through what is proposed under it, Escape puts that away.
const box = document.querySelector<HTMLElement>(".search-box");
box?.addEventListener("keydown", (event) => {
  const field = box.querySelector("input");
  const stops: HTMLElement[] = [field, ...box.querySelectorAll<HTMLElement>(".search-found a")].filter((one) => one !== null);
  const here = stops.indexOf(document.activeElement as HTMLElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    stops[(here + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length]?.focus();
  } else if (event.key === "Escape") {
    putAway();
    field?.focus();
  }
});
function putAway(): void {
  box?.querySelector(".search-found")?.replaceChildren();
}
document.addEventListener("click", (event) => {
  if (event.target instanceof Node && !box?.contains(event.target)) putAway();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (!closeSheet()) document.querySelector<HTMLDetailsElement>("details.user-menu[open]")?.removeAttribute("open");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (Date.now() - waitsForGoal < 1500) {
    waitsForGoal = 0;
    go(event.key);
    return;
  }
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// The sheet: remember who opened it, put the focus into it, and close it by its button.
let openedBy: HTMLElement | null = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const source = event.target;
  if (source instanceof HTMLElement && source.getAttribute("hx-target") === "#sheet" && !source.closest("#sheet")) openedBy = source;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const sheet = document.getElementById("sheet");
  if (!sheet || event.target !== sheet) return;
  const first = sheet.querySelector<HTMLElement>(".refusal, [autofocus], input:not([type=hidden]), select, textarea, button");
  if (first?.classList.contains("refusal")) first.tabIndex = -1;
  first?.focus();
});
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest("[data-close-sheet]")) {
    event.preventDefault();
    closeSheet();
  }
  const menu = document.querySelector("details.user-menu[open]");
  if (menu && !menu.contains(event.target)) menu.removeAttribute("open");
});
document.addEventListener("youbei:done", (event) => {
  closeSheet();
  const notice = (event as CustomEvent<{ notice?: string }>).detail?.notice;
  if (notice) toast(notice);
});

// On paper nothing is folded away.
let folded: HTMLDetailsElement[] = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
  for (const details of folded) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});

function toast(text: string): void {
  const box = document.getElementById("toast");
  if (!box) return;
  box.textContent = text;
  box.hidden = false;
  window.setTimeout(() => (box.hidden = true), 4000);
}

// Fields that only make sense with JavaScript: a filter over choices, and the position of the device.
for (const field of document.querySelectorAll<HTMLInputElement>("[data-filter]")) {
  const box = field.closest<HTMLElement>("[data-filter-box]");
  if (box) box.hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const label of document.querySelectorAll<HTMLElement>(`${field.dataset.filter} label`)) {
      label.hidden = !(label.textContent ?? "").toLowerCase().includes(wanted) && !label.querySelector(":checked");
    }
    for (const group of document.querySelectorAll<HTMLElement>(`${field.dataset.filter} .choices`)) {
      const heading = group.previousElementSibling;
      if (heading instanceof HTMLElement) heading.hidden = !group.querySelector("label:not([hidden])");
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = [...document.querySelectorAll<HTMLElement>(`${field.dataset.filter} label`)].find((label) => !label.hidden);
    first?.querySelector("input")?.click();
  });
}

for (const part of document.querySelectorAll<HTMLElement>("[data-needs-script]")) part.hidden = false;

const locate = document.querySelector<HTMLElement>("[data-locate]");
if (locate && "geolocation" in navigator && window.isSecureContext) {
  locate.hidden = false;
  locate.querySelector("[data-locate-me]")?.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition((found) => {
      const field = document.querySelector<HTMLInputElement>("#id_point");
      if (field) field.value = `${found.coords.latitude.toFixed(5)}, ${found.coords.longitude.toFixed(5)}`;
    });
  });
}

