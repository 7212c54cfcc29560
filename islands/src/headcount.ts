/**
 * Keeps the counts of a head-count on the telephone until they have been sent, in the order in which they were made.
 *
 * A form with data-outbox is sent by this script: what was counted is written down first, with the server's time, and
 * sent at once if there is network, else as soon as there is. All words come from attributes of the list
 * [data-outbox-list]: data-kept, data-sent, data-refused.
 */

interface Kept {
  url: string;
  title: string;
  fields: Record<string, string>;
  said: string;
  isDone: boolean;
}

const STORE = "youbei-head-count";
const AGAIN_MS = 5000;
const MOST_SHOWN = 20;
const OFFSET = "youbei-head-count-offset";
let isSending = false;

/**
 * What to add to this device's clock to get the server's, in milliseconds. A page that the telephone has kept carries an
 * old time and makes it too small, by its age: so the largest that was ever seen is the right one.
 */
function offset(): number {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="server-now"]');
  const measured = meta ? Date.parse(meta.content) - Date.now() : Number.NEGATIVE_INFINITY;
  const before = Number(localStorage.getItem(OFFSET) ?? Number.NEGATIVE_INFINITY);
  const best = Math.max(measured, before);
  if (!Number.isFinite(best)) return 0;
  localStorage.setItem(OFFSET, String(best));
  return best;
}

const OURS = offset();

function read(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]") as Kept[];
  } catch {
    return [];
  }
}

function write(rows: Kept[]): void {
  localStorage.setItem(STORE, JSON.stringify(rows.slice(-200)));
  show(rows);
}

function show(rows: Kept[]): void {
  const list = document.querySelector<HTMLElement>("[data-outbox-list]");
  if (!list) return;
  list.replaceChildren(
    ...rows.slice(-MOST_SHOWN).reverse().map((row) => {
      const line = document.createElement("li");
      const word = row.said ? (row.isDone ? list.dataset.sent : list.dataset.refused) : list.dataset.kept;
      line.className = row.said && !row.isDone ? "refusal" : row.isDone ? "notice" : "proposal";
      line.textContent = `${row.title}: ${word ?? ""}${row.said && !row.isDone ? ` ${row.said}` : ""}`;
      return line;
    }),
  );
  list.hidden = rows.length === 0;
}

async function send(row: Kept): Promise<boolean> {
  const body = new FormData();
  for (const [name, value] of Object.entries(row.fields)) body.append(name, value);
  const answer = await fetch(row.url, { method: "POST", body, headers: { "X-Youbei-Outbox": "1" } });
  if (answer.status >= 500 || answer.status === 429) return false;
  row.said = await answer.text();
  row.isDone = answer.ok;
  return true;
}

async function flush(): Promise<void> {
  if (isSending) return;
  isSending = true;
  try {
    for (const row of read().filter((one) => !one.said)) {
      if (!(await send(row))) break;
      write(read().map((one) => (one.fields.mark === row.fields.mark ? row : one)));
    }
  } catch {
    // No network: it is tried again.
  } finally {
    isSending = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.outbox === undefined) return;
  event.preventDefault();
  const fields: Record<string, string> = {};
  new FormData(form, event.submitter as HTMLElement | null).forEach((value, name) => {
    fields[name] = String(value);
  });
  fields.at = new Date(Date.now() + OURS).toISOString();
  fields.mark = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  write([...read(), { url: form.action, title: form.dataset.outbox ?? "", fields, said: "", isDone: false }]);
  void flush();
});

show(read());
void flush();
addEventListener("online", () => void flush());
setInterval(() => void flush(), AGAIN_MS);
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/h/offline.js").catch(() => undefined);
