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

// After a refused form the summary of errors is read first; where a scanner types, the field is ready for the next code.
const scan = document.querySelector("[data-scan]");
(scan || document.querySelector("[data-error-summary]"))?.focus();
scan?.select();
if (scan) document.addEventListener("keydown", (event) => event.target === document.body && event.key.length === 1 && scan.focus());

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
// A slip that was just made comes out by itself, once: not when the page is loaded again.
if (document.querySelector("[data-print=now]")) {
  history.replaceState(null, "", location.pathname);
  addEventListener("load", () => window.print());
}

// A device others stand in line for goes back to its start when nobody has touched it for a while.
const back = document.querySelector("[data-return]");
if (back) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(back.dataset.return), back.dataset.returnAfter * 1000);
  };
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, wait);
  wait();
}

if ("serviceWorker" in navigator && document.documentElement.dataset.sw) {
  navigator.serviceWorker.register(document.documentElement.dataset.sw);
}
