// Work that takes a while: [data-poll] is fetched again every two seconds until the server says it is done.
const EVERY = 2000;

document.querySelectorAll("[data-poll]").forEach((element) => {
  async function look() {
    const answer = await fetch(element.dataset.poll, { headers: { "X-Poll": "1" }, cache: "no-store" }).catch(() => null);
    if (answer?.ok) {
      if (answer.headers.get("X-Done")) return location.reload();
      element.innerHTML = await answer.text();
    }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
});
