/**
 * Keeps the parts of a page true without reloading it.
 *
 * A page names its streams in <... data-live-streams="run:4 incident:2"> (with the kinds of events there are, see the
 * tag `live`), and each of its parts carries
 * data-live="step need" (the first words of the event kinds it shows) and an id. One tab of the browser holds the
 * one EventSource for all that the user may see (a browser allows few connections per host) and passes every event on
 * over a BroadcastChannel; each tab keeps what its page is about.
 * On an event the parts that name its kind are fetched anew from the page's own address and put in place; a part in
 * which someone is typing waits until they are done.
 */

import { serverNow } from "./clock";
import { again } from "./focus";

interface Told {
  id: string;
  stream: string;
  kind: string;
}

const page = document.querySelector<HTMLElement>("[data-live-streams]");
const streams = new Set((page?.dataset.liveStreams ?? "").split(" ").filter(Boolean));
const due = new Set<string>();
let timer = 0;

function interested(kind: string): HTMLElement[] {
  const subject = kind.split(".")[0] ?? "";
  return [...document.querySelectorAll<HTMLElement>("[data-live]")].filter((part) => {
    const words = (part.dataset.live ?? "").split(" ");
    return words.includes("*") || words.includes(subject);
  });
}

function isBusy(part: HTMLElement): boolean {
  const active = document.activeElement;
  if (active instanceof HTMLElement && part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName)) return true;
  return [...part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input:not([type=hidden]), textarea")].some(
    (field) => field.value !== field.defaultValue,
  );
}

function openDetails(part: HTMLElement): Set<string> {
  return new Set([...part.querySelectorAll<HTMLDetailsElement>("details[open][id]")].map((details) => details.id));
}

/** Puts the new form of a part in place of the old one; what was open, scrolled or focused stays so. */
function replace(old: HTMLElement, fresh: HTMLElement): void {
  const opened = openDetails(old);
  const focused = document.activeElement instanceof HTMLElement && old.contains(document.activeElement) ? document.activeElement : null;
  const scrolled = new Map([...old.querySelectorAll("[data-keep-scroll]")].map((box) => [box.id, [box.scrollLeft, box.scrollTop] as const]));
  old.replaceWith(fresh);
  for (const details of fresh.querySelectorAll<HTMLDetailsElement>("details[id]")) if (opened.has(details.id)) details.open = true;
  for (const [id, [left, top]] of scrolled) document.getElementById(id)?.scrollTo(left, top);
  if (focused) {
    // What had the focus may be gone, like the buttons of a finished step: then its part takes it.
    fresh.tabIndex = -1;
    (again(focused) ?? fresh).focus({ preventScroll: true });
  }
  (window as unknown as { htmx?: { process(element: Element): void } }).htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("youbei:replaced", { bubbles: true }));
}

async function refresh(): Promise<void> {
  timer = 0;
  const wanted = [...due].filter((id) => {
    const part = document.getElementById(id);
    return part && !isBusy(part);
  });
  if (due.size > wanted.length) timer = window.setTimeout(refresh, 2000);
  if (!wanted.length) return;
  for (const id of wanted) due.delete(id);
  try {
    const answer = await fetch(location.href, { headers: { "X-Youbei-Parts": wanted.join(" ") }, credentials: "same-origin" });
    if (answer.status === 401 || answer.redirected) return signedOut();
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of wanted) {
      const old = document.getElementById(id);
      const part = fresh.getElementById(id);
      if (old && part) replace(old, document.importNode(part, true));
    }
  } catch {
    for (const id of wanted) due.add(id);
    timer = window.setTimeout(refresh, 5000);
  }
}

/** The session is over: go to the sign-in page, unless a form is open whose words would be lost. */
function signedOut(): void {
  if (document.querySelector("#sheet form")) markConnection(false);
  else location.reload();
}

function told(event: Told): void {
  if (streams.size && !streams.has(event.stream) && !streams.has("*")) return;
  document.dispatchEvent(new CustomEvent("youbei:event", { detail: event }));
  for (const part of interested(event.kind)) if (part.id) due.add(part.id);
  if (due.size && !timer) timer = window.setTimeout(refresh, 200);
}

/** Refreshes every live part, after something was done here or after a cut. */
export function refreshAll(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) if (part.id) due.add(part.id);
  window.clearTimeout(timer);
  timer = window.setTimeout(refresh, 0);
}

let cutSince = 0;
function markConnection(isUp: boolean): void {
  const banner = document.getElementById("cut");
  if (!banner) return;
  if (isUp) cutSince = 0;
  else cutSince ||= serverNow();
  banner.hidden = isUp;
  const since = banner.querySelector("[data-cut-since]");
  if (since && cutSince) since.textContent = new Date(cutSince).toLocaleTimeString(document.documentElement.lang, { hour12: false });
}

let lastId = page?.dataset.liveAfter ?? "";

/** Holds the one EventSource of this browser while this tab is its leader. */
function lead(channel: BroadcastChannel): Promise<never> {
  connect(channel, 1000);
  return new Promise<never>(() => undefined);
}

let cutTimer = 0;

/** Opens the stream where it was left; the browser reconnects by itself unless the server answered with an error. */
function connect(channel: BroadcastChannel, delay: number): void {
  const source = new EventSource(`/live/events?after=${lastId}`);
  const mark = (isUp: boolean): void => {
    window.clearTimeout(cutTimer);
    cutTimer = 0;
    markConnection(isUp);
    channel.postMessage({ up: isUp });
  };
  source.onopen = () => {
    delay = 1000;
    mark(true);
  };
  source.onerror = () => {
    // Every vain attempt ends here: the first one counts, or the others would put the notice off for ever.
    cutTimer ||= window.setTimeout(() => mark(false), 4000);
    if (source.readyState !== EventSource.CLOSED) return;
    window.setTimeout(() => connect(channel, Math.min(delay * 2, 30000)), delay);
  };
  for (const kind of (page?.dataset.liveKinds ?? "").split(" ")) {
    source.addEventListener(kind, (message) => pass(channel, message as MessageEvent<string>));
  }
}

function pass(channel: BroadcastChannel, message: MessageEvent<string>): void {
  const data = JSON.parse(message.data) as { stream: string; kind: string };
  lastId = message.lastEventId || lastId;
  const event: Told = { id: message.lastEventId, stream: data.stream, kind: data.kind };
  told(event);
  channel.postMessage(event);
}

if (page) {
  const name = "youbei-live";
  const channel = new BroadcastChannel(name);
  channel.onmessage = (message: MessageEvent<Told | { up: boolean }>) => {
    if ("up" in message.data) markConnection(message.data.up);
    else {
      lastId = message.data.id || lastId;
      told(message.data);
    }
  };
  // Where the browser has no locks (pages served without TLS on a network), every tab holds its own connection.
  if (navigator.locks) {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock) return lead(channel);
      // Another tab leads: what came between the page's making and now is fetched once, then this tab stands by.
      refreshAll();
      void navigator.locks.request(name, () => lead(channel));
      return undefined;
    });
  } else void lead(channel);
  window.addEventListener("online", refreshAll);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && cutSince) refreshAll();
  });
}
document.addEventListener("youbei:done", refreshAll);
