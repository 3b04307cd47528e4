// Parts of a page that follow what happens: [data-live-url] listens, [data-live-refresh] is fetched again.
// The stream only says that something changed; the server's own fragment is the truth, so nothing is missed
// while the line was cut: every (re)connection fetches it too. Without a stream the fragment is polled.
const POLL = 15000;

function follow(element) {
  const { liveUrl, liveRefresh, liveSpeak } = element.dataset;
  const state = document.querySelector("[data-live-state]");
  let after = element.dataset.liveAfter;
  let polling = 0;

  async function refresh() {
    const answer = await fetch(liveRefresh, { headers: { "X-Live": "1" }, cache: "no-store" });
    if (answer.ok) element.innerHTML = await answer.text();
  }
  const quietly = () => refresh().catch(() => tell("putus"));
  const tell = (word) => state && (state.textContent = state.dataset[word] || "");

  function connect() {
    const url = new URL(liveUrl, location.href);
    if (after) url.searchParams.set("after", after);
    const source = new EventSource(url);
    source.onopen = () => {
      clearInterval(polling);
      polling = 0;
      tell("tersambung");
      quietly();
    };
    source.onmessage = (event) => {
      after = event.lastEventId;
      const message = JSON.parse(event.data);
      quietly().then(() => liveSpeak !== undefined && message.ucapan && speak(message.ucapan));
    };
    source.onerror = () => {
      tell("putus");
      polling ||= setInterval(quietly, POLL);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
    };
  }
  connect();
  document.addEventListener("visibilitychange", () => document.hidden || quietly());
}

function speak(text) {
  document.documentElement.dataset.spoken = text;
  if (!("speechSynthesis" in window)) return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = "id-ID";
  words.rate = 0.9;
  window.speechSynthesis.speak(words);
}

document.querySelectorAll("[data-live-url]").forEach(follow);
