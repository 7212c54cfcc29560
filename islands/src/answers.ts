/**
 * Keeps the answers of a unit on the telephone until they have been sent, in the order in which they were given.
 *
 * A form with data-answer is sent by this script. What was pressed is written down first and sent at once; without
 * network it waits, through reloads and restarts, and goes out as soon as there is some. An answer that the server does
 * not take at once is sent by the form itself, so that its page says what is wrong; one that is refused later stays in
 * the list [data-answers] with the reason, and what was typed stands in its form again. All words come from the list.
 */

export {}; // a module of its own: its names are not those of other islands

interface Kept {
  mark: string;
  url: string;
  title: string;
  fields: [string, string][];
  refused: string;
}

const STORE = `youbei-answers:${location.pathname.split("/")[2] ?? ""}`;
const AGAIN_MS = 5000;
const LEFT_ALONE = new Set(["csrfmiddlewaretoken", "mark", "seen"]);
let isSending = false;

function read(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]") as Kept[];
  } catch {
    return [];
  }
}

/** Write down what is kept; say whether this browser could, for some keep nothing in private windows or when full. */
function write(rows: Kept[]): boolean {
  try {
    localStorage.setItem(STORE, JSON.stringify(rows));
  } catch {
    return false;
  }
  show(rows);
  return true;
}

function without(mark: string): Kept[] {
  return read().filter((one) => one.mark !== mark);
}

function show(rows: Kept[]): void {
  const list = document.querySelector<HTMLElement>("[data-answers]");
  if (!list) return;
  list.replaceChildren(...rows.map((row) => lineOf(row, list)));
  list.hidden = rows.length === 0;
}

function lineOf(row: Kept, list: HTMLElement): HTMLElement {
  const line = document.createElement("li");
  line.className = row.refused ? "refusal" : "proposal";
  line.textContent = `${row.title}: ${(row.refused ? list.dataset.refused : list.dataset.kept) ?? ""} ${row.refused} `;
  if (!row.refused) return line;
  const open = document.createElement("a");
  open.href = row.url;
  open.textContent = list.dataset.open ?? "";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button button-small";
  drop.textContent = list.dataset.drop ?? "";
  drop.addEventListener("click", () => write(without(row.mark)));
  line.append(open, " ", drop);
  return line;
}

/** Send one; "later" means that the server could not be asked. */
async function send(row: Kept): Promise<"taken" | "refused" | "later"> {
  const body = new FormData();
  for (const [name, value] of row.fields) body.append(name, value);
  let answer: Response;
  try {
    answer = await fetch(row.url, { method: "POST", body, headers: { "X-Youbei-Outbox": "1" } });
    row.refused = answer.ok ? "" : await answer.text();
  } catch {
    return "later";
  }
  if (answer.ok) return "taken";
  return answer.status >= 500 || answer.status === 429 ? "later" : "refused";
}

async function flush(): Promise<void> {
  if (isSending) return;
  isSending = true;
  let taken = 0;
  for (const row of read().filter((one) => !one.refused)) {
    const how = await send(row);
    if (how === "later") break;
    if (how === "taken") taken += 1;
    write(how === "taken" ? without(row.mark) : [...without(row.mark), row]);
  }
  isSending = false;
  if (taken && document.querySelector("[data-answers-page]")) location.reload();
}

async function answered(form: HTMLFormElement, row: Kept): Promise<void> {
  const isKept = write([...read(), row]);
  const how = read().filter((one) => !one.refused).length > 1 ? "later" : await send(row);
  if (how === "taken" || how === "refused") write(without(row.mark));
  if (how === "taken" && form.dataset.next) location.assign(form.dataset.next);
  else if (how === "taken") location.reload();
  else if (how === "refused" || !isKept) byItself(form, row);
  else if (form.dataset.next) location.assign(form.dataset.next);
  else void flush();
}

/** Let the browser send the form as it would without this script, with the button that was pressed. */
function byItself(form: HTMLFormElement, row: Kept): void {
  for (const [name, value] of row.fields) {
    if (form.elements.namedItem(name)) continue;
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name, value });
    form.append(hidden);
  }
  form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.answer === undefined) return;
  event.preventDefault();
  const pressed = (event as SubmitEvent).submitter;
  const fields: [string, string][] = [];
  new FormData(form, pressed).forEach((value, name) => fields.push([name, String(value)]));
  const mark = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  fields.push(["mark", mark]);
  if (pressed instanceof HTMLButtonElement) pressed.disabled = true;
  void answered(form, { mark, url: form.action, title: form.dataset.answer ?? "", fields, refused: "" });
});

/** Put what was typed into a form whose answer was refused later. */
function refill(): void {
  for (const row of read().filter((one) => one.refused && one.url === location.href)) {
    for (const [name, value] of row.fields) {
      if (LEFT_ALONE.has(name)) continue;
      document.querySelectorAll<HTMLInputElement>(`form [name="${CSS.escape(name)}"]`).forEach((input) => {
        if (input.type === "checkbox" || input.type === "radio") input.checked = input.value === value;
        else if (input.type !== "submit" && input.type !== "hidden") input.value = value;
      });
    }
  }
}

/** Let the telephone keep what may be needed without network: this page, and the forms that its links lead to. */
async function fetchAhead(): Promise<void> {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  }
  const parts = [...document.querySelectorAll<HTMLElement>("link[rel=stylesheet], script[src]")];
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-ahead]")].map((one) => one.href);
  const own = parts.map((one) => one.getAttribute("href") ?? one.getAttribute("src") ?? "");
  for (const address of [location.href, ...own, ...links]) {
    try {
      await fetch(address);
    } catch {
      return;
    }
  }
}

show(read());
refill();
void flush();
addEventListener("online", () => void flush());
setInterval(() => void flush(), AGAIN_MS);
if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/c/offline.js").then(fetchAhead).catch(() => undefined);
}
