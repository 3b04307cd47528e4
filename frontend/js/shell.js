// A page that works without a network: it and its parts are kept where the service worker finds them.
// They hold nobody's data: fetched without the session. The service worker keeps caches named `...-luring-<number>`.
// `page` is the address to keep, with what its question asks; the newest copy replaces the one before.
export async function keepShell(name, page = location.pathname) {
  if (!("caches" in window) || !navigator.onLine) return;
  const kept = await caches.open(name);
  const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src)
    .concat([...document.querySelectorAll("[data-qr]")].map((one) => one.dataset.qr)); // parts that come when needed
  for (const url of [...parts, page]) { // the page last: who finds it finds all of it
    const answer = await fetch(url, { credentials: "omit", cache: "reload" });
    if (answer.ok) await kept.put(url, answer);
  }
}
