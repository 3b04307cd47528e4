// The page "is my RT safe" stays on the phone; a report takes its place from the phone when its owner wants that.
import { keepShell } from "./shell.js";

if (document.querySelector("#jawaban, #pilih")) {
  const again = document.querySelector("[data-keep]")?.getAttribute("href");
  keepShell("ews-luring-1", again || location.pathname).catch(() => {});
}

// Kept on the phone, or left open while the network was gone, the page must not pass for news: "safe" of six hours ago is
// worse than nothing.
function tellAge() {
  document.querySelectorAll("[data-made]").forEach((note) => {
    const old = Date.now() / 1000 - Number(note.dataset.made) > Number(note.dataset.oldAfter);
    if (note.hidden === old) note.hidden = !old;
  });
}
tellAge();
setInterval(tellAge, 5000);
addEventListener("online", tellAge);

document.querySelectorAll("[data-here]").forEach((button) => {
  if (!("geolocation" in navigator)) return;
  const form = button.closest("form");
  const state = form.querySelector("[data-here-state]");
  button.hidden = false;
  button.addEventListener("click", () => {
    state.textContent = state.dataset.mencari;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(6);
        form.elements.lon.value = coords.longitude.toFixed(6);
        state.textContent = state.dataset.ketemu;
      },
      () => (state.textContent = state.dataset.gagal),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
});

// A browser that may show notifications gives its address into the form; one that may not loses that choice.
const wish = document.querySelector("form[data-push-key]");
if (wish) {
  const state = wish.querySelector("[data-push-state]");
  const able = "serviceWorker" in navigator && "PushManager" in window;
  if (!able) wish.querySelector("[name=channel][value=push]")?.closest(".govuk-radios__item")?.remove();
  wish.addEventListener("submit", async (event) => {
    if (!able || wish.elements.channel.value !== "push" || wish.elements.auth.value) return;
    event.preventDefault();
    try {
      const worker = await navigator.serviceWorker.register(document.documentElement.dataset.sw);
      await navigator.serviceWorker.ready;
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wish.dataset.pushKey });
      const { endpoint, keys } = made.toJSON();
      wish.elements.address.value = endpoint;
      wish.elements.p256dh.value = keys.p256dh;
      wish.elements.auth.value = keys.auth;
      wish.submit();
    } catch {
      state.textContent = state.dataset.ditolak;
    }
  });
}

// Countdowns of the desk run between two refreshes, which bring the server's own count: as fast as its clock goes, in a
// played evening many times as fast as ours.
const seen = new WeakMap();
setInterval(() => {
  document.querySelectorAll("[data-countdown]").forEach((element) => {
    const now = performance.now();
    if (!seen.has(element)) seen.set(element, now);
    const passed = ((now - seen.get(element)) / 1000) * Number(element.dataset.pace || 1);
    const left = Math.max(0, Math.round(Number(element.dataset.countdown) - passed));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (element.textContent !== text) element.textContent = text;
  });
}, 250);
