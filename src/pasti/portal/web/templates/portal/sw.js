// Keeps the style sheet and the offline page; nothing that belongs to a person is ever kept.
const SHELL = "pasti-1";
const KEPT = ["/luring/", "{{ css }}"];
self.addEventListener("install", (event) => event.waitUntil(caches.open(SHELL).then((kept) => kept.addAll(KEPT))));
self.addEventListener("activate", (event) =>
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== SHELL && !/-luring-\d+$/.test(n)).map((n) => caches.delete(n))))));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(async () =>
      (await caches.match(event.request, { ignoreSearch: true, ignoreVary: true })) || caches.match("/luring/")));
  } else if (["style", "script"].includes(event.request.destination)) {
    event.respondWith(caches.match(event.request, { ignoreVary: true }).then((kept) => kept || fetch(event.request)));
  }
});
