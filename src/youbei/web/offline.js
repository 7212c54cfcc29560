// Lets a telephone open the pages of a link without network: what was seen once is kept, the network comes first. It is
// served in the folder of those pages (/h/, /c/) and works there alone.
const FOLDER = new URL("./", self.location).pathname;
const KEPT = `youbei-kept${FOLDER}1`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (!address.pathname.startsWith(FOLDER) && !address.pathname.startsWith("/static/")) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await kept.put(request, fresh.clone());
    else if (fresh.status === 404) await kept.delete(request);
    return fresh;
  } catch (problem) {
    const old = await kept.match(request);
    if (old) return old;
    throw problem;
  }
}
