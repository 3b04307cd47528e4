// The holder's wallet. What it shows comes from the sealed store of this browser; the server sees what was let go.
import { questionView } from "./dompet/answering.js";
import * as cards from "./dompet/cards.js";
import { deskQuestion, readDesk } from "./dompet/desk.js";
import { Denied, issuerKeys, readOffer } from "./dompet/issuer.js";
import { receiptsView } from "./dompet/keeping.js";
import { scanView } from "./dompet/scanning.js";
import * as store from "./dompet/store.js";
import { offerView } from "./dompet/taking.js";
import { fetchQuestion, readRequestLink } from "./dompet/verifier.js";
import { button, h, moment, say, second } from "./paper.js";
import { keepShell } from "./shell.js";

const room = document.getElementById("dompet");
const EVERY = 30000;
let view = "home";

const show = (...parts) => room.replaceChildren(...parts.flat().filter(Boolean));
const heading = (text) => h("h2", { class: "govuk-heading-m", tabindex: "-1" }, text);
const fault = (text) => h("p", { class: "govuk-error-message", role: "alert" }, text);
const paper = { show, go, heading, fault, heard };
const VIEWS = { home: homeView, scan: () => scanView(paper), receipts: () => receiptsView(paper), remove: removeView };

async function go(name, more = {}) {
  view = name;
  await VIEWS[name](more);
  settle();
}
function settle() {
  room.querySelector("h2")?.focus();
  scrollTo(0, 0);
}

// A code, a link or a text: an offer of a card, or somebody's question. True when it was one of them.
async function heard(said) {
  try {
    const kept = await store.cards();
    const desk = readDesk(said);
    const link = readRequestLink(said);
    const offer = desk || link ? null : await readOffer(said);
    if (!desk && !link && !offer) return false;
    view = offer ? "offer" : "question";
    if (offer) offerView(paper, offer);
    else await questionView(paper, desk ? await fromDesk(desk, kept) : await fetchQuestion(link), kept);
  } catch (error) {
    show(heading(say("pindai")), fault(say(trouble(error))), button(say("kembali"), () => go("home"), second));
  }
  settle();
  return true;
}
// The issuer of this city has its address here, which its cards say too.
const fromDesk = (desk, kept) =>
  deskQuestion(desk, kept.flatMap((one) => one.keys), () => issuerKeys(kept[0]?.issuer || location.origin));
const KNOWN = ["asing", "belum_diperiksa", "permintaan_berakhir", "permintaan_salah"];
const trouble = (error) => (error instanceof Denied ? (KNOWN.includes(error.code) ? error.code : "tawaran_berakhir")
  : error instanceof TypeError ? "butuh_jaringan" : "kode_asing");

async function homeView({ news = "" } = {}) {
  const kept = await store.cards();
  const shown = await Promise.all(kept.map(async (card) => cardOf(card, await store.copiesOf(card.id))));
  if (view !== "home") return; // something else was asked for meanwhile
  show(news && h("p", { class: "govuk-inset-text", role: "status" }, news),
    kept.length ? shown : [heading(say("kosong")), h("p", { class: "govuk-body" }, say("kosong_isi"))],
    h("p", { class: "govuk-button-group" }, button(say(kept.length ? "pindai_pemeriksa" : "pindai"), () => go("scan")),
      button(say("kuitansi"), () => go("receipts"), second)));
}

const TAGS = { valid: "pasti-tag--good", suspended: "pasti-tag--fair", revoked: "pasti-tag--poor", expired: "pasti-tag--poor" };

function cardOf(card, copies) {
  const left = cards.fresh(copies);
  return h("section", { class: "pasti-card pasti-warga", "data-keadaan": card.state, "aria-label": say("kartu") },
    h("p", { class: "pasti-warga__title" }, say("kartu")),
    heading(card.name), h("p", { class: "govuk-body" }, card.kelurahan),
    h("p", {}, h("span", { class: `pasti-tag ${TAGS[card.state]}` }, say(`keadaan_${card.state}`)), " ",
      h("span", { class: "pasti-quiet" }, card.looked ? `${say("diperiksa")} ${moment(card.looked)}` : "")),
    card.state === "valid" ? null : h("p", { class: "govuk-body" }, say(`keadaan_${card.state}_isi`)),
    copies.length ? h("p", { class: "govuk-body pasti-small", "data-sisa": left }, `${say("sisa")}: ${left} / ${copies.length}. `, left < 2 && say("sisa_sedikit")) : null,
    copies.length ? h("p", { class: "pasti-small" }, say("terikat")) : null,
    h("p", { class: "govuk-button-group" }, copies.length ? button(say("segarkan"), refresh, second) : null,
      button(say("hapus"), () => go("remove", { card }), second)));
}

function removeView({ card }) {
  show(heading(say("hapus")), h("p", { class: "govuk-body" }, say("hapus_isi")),
    button(say("hapus_kartu"), async () => { await store.removeCard(card.id); go("home", { news: say("terhapus") }); }, "govuk-button--warning"),
    button(say("hapus_semua"), async () => { await store.wipe(); go("home", { news: say("terhapus") }); }, "govuk-button--warning"),
    button(say("kembali"), () => go("home"), second));
}

// The state of every card from the issuer's list. A revoked card is of no use any more: its copies and keys go.
async function refresh(pressed) {
  let changed = Boolean(pressed);
  for (const card of await store.cards()) {
    if (card.state === "revoked") continue;
    const now = await cards.refresh(card).catch(() => null);
    changed ||= !card.looked || (now && now.state !== card.state);
    if (now?.state === "revoked") await store.putCard({ ...now, person: "", claims: [] }, [], [now.id]);
  }
  if (changed && view === "home") await homeView();
}

async function begin() {
  const query = new URLSearchParams(location.search);
  const said = query.get("offer") || query.get("permintaan") || (location.search && location.href);
  if (location.search) history.replaceState(null, "", location.pathname); // a code is used once: it stays out of the history
  if (!said || !(await heard(said))) await homeView();
  await refresh();
  keepShell("dompet-luring-1").catch(() => {});
}

addEventListener("online", () => refresh());
document.addEventListener("visibilitychange", () => !document.hidden && refresh());
setInterval(() => !document.hidden && view === "home" && refresh(), EVERY);
begin();
