// Keeps the style sheet and the offline page; nothing that belongs to a person is ever kept.
const SHELL = "pasti-1";
const KEPT = ["/luring/", "{{ css }}"];
self.addEventListener("install", (event) => event.waitUntil(caches.open(SHELL).then((kept) => kept.addAll(KEPT))));
self.addEventListener("activate", (event) =>
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== SHELL && !/-luring-\d+$/.test(n)).map((n) => caches.delete(n))))));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") {
    // "Back" to what answered a form: that is not kept, and asking again would send the form again. Its page is there.
    const asked = event.request.cache === "only-if-cached" ? fetch(event.request.url, { redirect: "manual" }) : fetch(event.request);
    event.respondWith(asked.catch(async () =>
      (await caches.match(event.request, { ignoreSearch: true, ignoreVary: true })) || caches.match("/luring/")));
  } else if (["style", "script"].includes(event.request.destination)) {
    event.respondWith(caches.match(event.request, { ignoreVary: true }).then((kept) => kept || fetch(event.request)));
  }
});
// A warning of flood. One that goes on from another takes its place.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : { title: "PASTI" };
  event.waitUntil(self.registration.showNotification(told.title, {
    body: told.body, tag: told.tag, renotify: Boolean(told.tag), requireInteraction: true, lang: "id", data: told.url }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data || "/ews/"));
});
