// Small conveniences on every page; nothing depends on them.

// A form is sent once: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

// After a refused form the summary of errors is read first.
document.querySelector("[data-error-summary]")?.focus();

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

if ("serviceWorker" in navigator && document.documentElement.dataset.sw) {
  navigator.serviceWorker.register(document.documentElement.dataset.sw);
}
