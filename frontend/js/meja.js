// The desk that works without a network. Its question carries a nonce that is made here, lives five minutes and is used
// once: an answer that was photographed or kept is worth nothing, at this desk or another.
import { Broken, judge } from "./meja/check.js";
import { SHELL, provisions, renew } from "./meja/bekal.js";
import { scanView } from "./dompet/scanning.js";
import { seconds, toBase64url } from "./dompet/codec.js";
import { button, h, moment, say, second } from "./paper.js";
import { isPacked, unpack } from "./presentation.js";
import { keepShell } from "./shell.js";

const room = document.getElementById("meja");
const where = room.dataset.bekal;
const LIFE = 300; // seconds a question lives
let question = null; // {desk, nonce, until}; null once answered
let stock = null;

let views = 0; // what is shown counts up: who was slower than a press shows nothing any more
const show = (...parts) => { views += 1; room.replaceChildren(...parts.flat().filter(Boolean)); };
const heading = (text) => h("h2", { class: "govuk-heading-m", tabindex: "-1" }, text);
const fault = (text) => h("p", { class: "govuk-error-message", role: "alert" }, text);
const settle = () => room.querySelector("h2, [role=status]")?.focus();

const age = (from) => {
  const minutes = Math.max(0, Math.round((seconds() - from) / 60));
  return minutes < 120 ? `${minutes} ${say("menit")}` : `${Math.round(minutes / 60)} ${say("jam")}`;
};
const over = () => !stock?.lists.length || stock.lists.some((one) => !(one.exp > seconds()));

const least = (name) => Math.min(...stock.lists.map((one) => one[name]));
// How old the list is, always in sight; in red when nobody may rely on it.
function ageView() {
  if (over()) return h("p", { class: "pasti-verdict pasti-verdict--poor", id: "umur" }, say("daftar_habis"));
  return h("p", { class: "govuk-body pasti-quiet", id: "umur" },
    `${say("daftar")} ${age(least("iat"))}, ${say("berlaku_sampai")} ${moment(least("exp") * 1000)}.`);
}

async function home(news = "") {
  const before = views;
  stock = await provisions(where);
  if (views !== before) return undefined;
  if (!stock?.desks.length) return show(h("p", { class: "govuk-inset-text" }, say("kosong")));
  show(news && h("p", { class: "pasti-quiet", role: "status" }, say(news)), ageView(), heading(say("pilih")),
    stock.desks.map((desk) => h("section", { class: "pasti-card" }, h("h3", { class: "govuk-heading-s" }, desk.purpose),
      h("p", { class: "govuk-body" }, `${desk.name}: `, h("span", { class: "pasti-quiet" }, desk.claims.map((one) => say(`data_${one}`)).join(", "))),
      button(say("kode_tanya"), () => ask(desk)))));
}

async function ask(desk) {
  const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
  question = { desk, nonce, until: seconds() + LIFE };
  const { draw } = await import(room.dataset.qr);
  show(ageView(), heading(say("tanya")), draw(`PASTI-TANYA1:${desk.pass}:${nonce}`, say("kode_tanya")),
    h("h3", { class: "govuk-heading-m" }, say("pindai_jawab")),
    h("p", { class: "govuk-button-group" }, button(say("pindai"), scan), button(say("kembali"), () => home(), second)));
  settle();
}

function scan() {
  scanView({ show, go: () => home(), heading, fault, heard });
  settle();
}

// A code that was read: true when it is an answer, whatever became of it.
async function heard(said) {
  if (!isPacked(said)) return false;
  const asked = question;
  question = null; // whatever the answer is, this nonce is used up
  let cause = "";
  let shown = {};
  try {
    if (!asked) throw new Broken("used");
    if (over()) throw new Broken("list-expired");
    if (seconds() > asked.until) throw new Broken("nonce");
    const text = await unpack(said).catch(() => { throw new Broken("encoding"); });
    shown = await judge(text, { ...asked, city: stock.city, statusAt });
  } catch (broken) {
    cause = broken instanceof Broken ? broken.code : "encoding";
  }
  verdict(cause, shown, asked?.desk);
  return true;
}

function statusAt(uri, idx) {
  const list = stock.lists.find((one) => one.uri === uri);
  if (!list) throw new Broken("status-unknown");
  return list.at(idx);
}

function verdict(cause, shown, desk) {
  const no = Object.values(shown).includes(false);
  const colour = cause ? "red" : no ? "amber" : "green";
  const words = cause ? known(cause) : say(no ? "sah_tidak" : "sah");
  const value = (one) => (typeof one === "boolean" ? say(one ? "ya" : "tidak") : String(one));
  show(h("div", { class: `pasti-verdict pasti-verdict--${{ red: "poor", amber: "fair", green: "good" }[colour]}`, role: "status",
    tabindex: "-1", "data-hasil": colour, "data-sebab": cause }, h("p", {}, h("strong", {}, words)), desk && h("p", { class: "pasti-quiet" }, desk.purpose)),
    ageView(), h("dl", { class: "govuk-summary-list" }, Object.entries(shown).map(([name, one]) =>
      h("div", { class: "govuk-summary-list__row" }, h("dt", { class: "govuk-summary-list__key" }, say(`data_${name}`)),
        h("dd", { class: "govuk-summary-list__value" }, value(one))))),
    h("p", { class: "govuk-button-group" }, desk && button(say("lagi"), () => ask(desk)), button(say("kembali"), () => home(), second)));
  settle();
}
const known = (cause) => (say(`sebab_${cause}`) === `sebab_${cause}` ? say("sebab_") : say(`sebab_${cause}`));

async function open() {
  await home();
  const fresh = await renew(where);
  if (!question) await home(fresh ? "bekal" : stock ? "bekal_gagal" : "");
  await keepShell(SHELL);
}
open().catch(() => null);
