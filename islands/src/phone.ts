/**
 * What a narrow screen needs: rows of tables that would scroll sideways become cards, long filters fold.
 *
 * Without this script tables scroll in their boxes and filters stand open. A table stays a table for those who listen
 * to it: its roles are written out, since boxes that are not laid out as a table lose them.
 */

const narrow = window.matchMedia("(max-width: 47.99rem)");
const SHOWN_WHEN_FOLDED = 1;

/** Says over which column each cell stands, counting cells that span several. */
function labels(table: HTMLTableElement): string[] {
  const last = table.tHead?.rows[table.tHead.rows.length - 1];
  return [...(last?.cells ?? [])].flatMap((cell) => Array<string>(cell.colSpan).fill((cell.textContent ?? "").trim()));
}

/** Whether its rows are records under one row of titles; a matrix or a picture made of cells is neither. */
function isList(table: HTMLTableElement): boolean {
  const heads = table.tHead?.rows ?? [];
  return heads.length === 1 && !table.matches(".matrix, .heat, .lanes, .msel, .as-table");
}

function stack(table: HTMLTableElement): void {
  const titles = labels(table);
  table.classList.add("stacked");
  table.setAttribute("role", "table");
  for (const part of [table.tHead, ...table.tBodies, table.tFoot]) part?.setAttribute("role", "rowgroup");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    let column = 0;
    for (const cell of row.cells) {
      const isHead = row.parentElement === table.tHead;
      cell.setAttribute("role", isHead ? "columnheader" : cell.tagName === "TH" ? "rowheader" : "cell");
      if (!isHead && cell.tagName === "TD" && cell.colSpan === 1) cell.dataset.label = titles[column] ?? "";
      column += cell.colSpan;
    }
  }
}

function flatten(table: HTMLTableElement): void {
  table.classList.remove("stacked");
  for (const element of [table, ...table.querySelectorAll("[role]")]) {
    if (element.matches("table, thead, tbody, tfoot, tr, th, td")) element.removeAttribute("role");
  }
}

/** Folds all but the first field of a long filter behind a button that says so. */
function fold(form: HTMLFormElement): void {
  if (form.querySelector(".fold-more")) return;
  const fields = [...form.querySelectorAll<HTMLElement>(":scope > .field")].slice(SHOWN_WHEN_FOLDED);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "button fold-more";
  more.textContent = form.dataset.fold ?? "";
  const set = (isOpen: boolean): void => {
    more.setAttribute("aria-expanded", String(isOpen));
    form.classList.toggle("folded", !isOpen);
  };
  more.addEventListener("click", () => {
    set(more.getAttribute("aria-expanded") !== "true");
    if (!form.classList.contains("folded")) fields[0]?.querySelector<HTMLElement>("input, select")?.focus();
  });
  (form.querySelector(":scope > .buttons") ?? form).append(more);
  set(false);
}

function fit(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("main .scroll-x table")) {
    const box = table.closest<HTMLElement>(".scroll-x");
    if (!narrow.matches) flatten(table);
    else if (box && isList(table) && (table.classList.contains("stacked") || box.scrollWidth > box.clientWidth + 1)) stack(table);
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form.filters[data-fold]")) {
    if (narrow.matches) fold(form);
    else form.classList.remove("folded");
  }
}

narrow.addEventListener("change", fit);
for (const event of ["youbei:replaced", "htmx:afterSettle"]) document.addEventListener(event, fit);
fit();

export {};
