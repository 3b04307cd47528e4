// Parts of a page that follow what happens: [data-live-url] listens, [data-live-refresh] is fetched again.
// A call is shown as the stream says it, in [data-live-field]; the server's own fragment is the truth and follows within a
// second, not from all boards at once; where few look and each second counts, [data-live-spread] says how many
// milliseconds. Nothing is missed while the line was cut: every (re)connection fetches it too.
// Without a stream the fragment is polled; with [data-live-every] also beside one.
import { announce } from "./speaking.js";

const POLL = 15000;
const SILENCE = 40000; // the stream beats every 15 s: a line that is silent for longer is dead, and a device that slept finds out
const LOOK = 5000;
const SPREAD = 1000;

// A button must not be taken away under the finger that presses it: then the press would lead nowhere.
async function released(element) {
  while (element.querySelector(":active")) await new Promise((go) => setTimeout(go, 50));
}

// Where a keyboard stands: the same link, button or field after the fragment was put in anew.
function named(one) {
  return [one.tagName, one.id, one.name, one.getAttribute("href"), one.closest("form")?.getAttribute("action"), one.textContent].join(" ");
}
function put(element, part) {
  const held = element.contains(document.activeElement) ? named(document.activeElement) : "";
  element.innerHTML = part;
  const same = held && [...element.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")].find((one) => named(one) === held);
  if (same) same.focus({ preventScroll: true });
}

// [data-live-news] stays while the fragment changes, and says what is marked [data-live-says] there when it is new: a screen
// reader does not hear a region that is put in anew, and nobody wants the whole of it again.
function tellNews(element) {
  const news = document.querySelector("[data-live-news]");
  const says = [...element.querySelectorAll("[data-live-says]")].map((one) => one.textContent.trim()).join(". ");
  if (news && news.dataset.said !== undefined && news.dataset.said !== says) news.textContent = says;
  if (news) news.dataset.said = says;
}

function follow(element) {
  const { liveUrl, liveRefresh, liveSpeak, liveSpread, liveEvery } = element.dataset;
  const state = document.querySelector("[data-live-state]");
  let after = element.dataset.liveAfter;
  let polling = 0;
  let heard = Date.now();
  let source;
  let asked = 0;
  let shown = 0;
  let pending = 0;

  // What an event changed is rendered once for all who saw it; `seen` names the event.
  async function refresh(seen) {
    const address = new URL(liveRefresh, location.href);
    if (seen) address.searchParams.set("peristiwa", seen);
    const mine = ++asked;
    const answer = await fetch(address, { headers: { "X-Live": "1" }, cache: "no-store" });
    if (answer.redirected) return location.reload(); // the session ended: the page itself asks who one is
    const part = await answer.text();
    await released(element);
    if (!answer.ok || mine < shown) return; // an answer that was overtaken by a later one
    shown = mine;
    put(element, part);
    tellNews(element);
  }
  function show(message) {
    if (message.jenis !== "panggil") return;
    shown = ++asked; // what was asked for before this call is older than it
    for (const part of element.querySelectorAll("[data-live-field]")) part.textContent = message[part.dataset.liveField] ?? "";
    if (liveSpeak !== undefined && message.ucapan) announce(message.ucapan);
  }
  const quietly = (seen) => refresh(seen).catch(() => tell("putus"));
  const tell = (word) => state && (state.textContent = state.dataset[word] || "");

  function connect() {
    const url = new URL(liveUrl, location.href);
    if (after) url.searchParams.set("after", after);
    source?.close();
    source = new EventSource(url);
    heard = Date.now();
    source.onopen = () => {
      heard = Date.now();
      clearInterval(polling);
      polling = 0;
      tell("tersambung");
      quietly();
    };
    source.addEventListener("detak", () => (heard = Date.now()));
    source.onmessage = (event) => {
      heard = Date.now();
      after = event.lastEventId;
      show(JSON.parse(event.data));
      pending ||= setTimeout(() => {
        pending = 0;
        quietly(after);
      }, Math.random() * Number(liveSpread ?? SPREAD));
    };
    source.onerror = () => {
      tell("putus");
      polling ||= setInterval(quietly, POLL);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
    };
  }
  tellNews(element);
  connect();
  setInterval(() => Date.now() - heard > SILENCE && connect(), LOOK);
  document.addEventListener("visibilitychange", () => document.hidden || quietly());
  // What changes without an event: fetched again each so many seconds, not by all pages at once.
  if (liveEvery) setInterval(() => document.hidden || quietly(), liveEvery * 1000 * (0.8 + 0.4 * Math.random()));
}

// What has no stream of its own, all clinics on one screen, is fetched again and again.
function poll(element) {
  setInterval(async () => {
    const answer = await fetch(element.dataset.liveRefresh, { headers: { "X-Live": "1" }, cache: "no-store" }).catch(() => null);
    const part = answer?.ok && (await answer.text());
    await released(element);
    if (part) put(element, part);
  }, POLL);
}

document.querySelectorAll("[data-live-url]").forEach(follow);
document.querySelectorAll("[data-live-refresh]:not([data-live-url])").forEach(poll);
