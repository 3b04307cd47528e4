// The page "is my RT safe" stays on the phone; a report takes its place from the phone when its owner wants that.
import { keepShell } from "./shell.js";

if (document.querySelector("#jawaban, #pilih")) {
  const again = document.querySelector("#jawaban ~ p a")?.getAttribute("href");
  keepShell("ews-luring-1", again || location.pathname).catch(() => {});
}

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

// Countdowns of the desk run between two refreshes, which bring the server's own count.
setInterval(() => {
  document.querySelectorAll("[data-countdown]").forEach((element) => {
    const left = Number(element.dataset.countdown) - 1;
    if (left < 0) return;
    element.dataset.countdown = left;
    element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  });
}, 1000);
