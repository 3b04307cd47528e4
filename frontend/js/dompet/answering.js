// Somebody asks: who, why, on what ground, and which data; nothing goes without the holder's word.
import { button, h, say, second } from "../paper.js";
import { copyFor, label } from "./cards.js";
import { Denied } from "./issuer.js";
import { codes } from "./scanning.js";
import { nameOf, open } from "./sdjwt.js";
import * as store from "./store.js";

export async function questionView({ show, go, heading, fault }, question, cards) {
  const { who } = question;
  const card = cards.find((one) => one.state !== "revoked" && question.pick(one));
  const back = button(say("kembali"), () => go("home"), second);
  if (!card) return show(heading(who.name), fault(say(cards.length ? "bukan_kartu" : "belum_ada")), back);
  const claims = question.pick(card);
  const [sample] = await store.copiesOf(card.id);
  const values = new Map((await open(sample.text)).claims.map((one) => [nameOf(one.path), one.value]));
  const boxes = claims.map((one) => h("input", { class: "govuk-checkboxes__input", type: "checkbox", id: `klaim-${one.name}`,
    name: "klaim", value: one.name, checked: one.required, onchange: count })); // what may stay hidden is for the holder to tick
  const hidden = h("p", { class: "govuk-body", id: "tersembunyi", role: "status" });
  const yes = button(say("kirim"), () => answer(chosen()));
  const no = button(say("tolak"), async () => { await question.decline(); await note([], "declined"); go("home", { news: say("ditolak") }); }, second);
  const chosen = () => claims.filter((_one, at) => boxes[at].checked);
  const kept = (given) => `${card.claims.length - given.length} ${say("tidak_dikirim")}`;

  function count() {
    const given = chosen();
    const allowed = question.enough(given.map((one) => one.id));
    hidden.textContent = allowed ? kept(given) : say("wajib_kurang");
    yes.disabled = !allowed;
  }

  const note = (given, outcome, words = "") => store.addReceipt({ at: new Date().toISOString(), ...who, outcome, words,
    shown: given.map((one) => label(card, one.name)), hidden: card.claims.length - given.length });

  async function answer(given) {
    yes.disabled = no.disabled = true;
    const names = given.map((one) => one.name);
    try {
      const copy = await copyFor(card, who.id);
      const { outcome, on, code } = await question.answer(copy.opened, copy.key, names);
      await note(given, outcome);
      show(heading(say(code ? "tunjukkan" : "terkirim")), code && (await drawn(code, who)),
        h("p", { class: "govuk-body" }, `${who.name}: ${given.map((one) => label(card, one.name)).join(", ")}.`),
        h("p", { class: "govuk-body", id: "tersembunyi" }, kept(given)), onwards(on), back);
    } catch (error) {
      // Without an answer nobody knows whether it arrived: the receipt says so.
      const said = error instanceof Denied;
      await note(given, said ? "refused" : "unknown", said ? error.message : "");
      show(heading(who.name), fault(said ? `${say("verifier_menolak")}: ${error.message}` : say("mungkin_terkirim")), back);
    }
    document.querySelector("#dompet h2").focus();
  }

  show(heading(`${who.name} ${say("meminta")}`), about(who),
    h("fieldset", { class: "govuk-fieldset govuk-form-group" },
      h("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--s" }, say("yang_diminta")),
      h("div", { class: "govuk-checkboxes", "data-module": "govuk-checkboxes" }, claims.map((one, at) =>
        h("div", { class: "govuk-checkboxes__item" }, boxes[at],
          h("label", { class: "govuk-label govuk-checkboxes__label", for: boxes[at].id }, h("strong", {}, label(card, one.name)),
            ` (${say(one.required ? "wajib" : "boleh_tidak")})`, h("br"), told(values.get(one.name))))))),
    hidden, h("p", { class: "govuk-button-group" }, yes, no));
  count();
}

const about = (who) => h("dl", { class: "govuk-summary-list" },
  [["instansi", who.agency], ["tujuan", who.purpose], ["dasar", who.basis]].filter(([, text]) => text).map(([name, text]) =>
    h("div", { class: "govuk-summary-list__row" }, h("dt", { class: "govuk-summary-list__key" }, say(name)),
      h("dd", { class: "govuk-summary-list__value" }, text))));

const told = (value) => (typeof value === "boolean" ? say(value ? "ya" : "tidak") : String(value ?? ""));

const drawn = async (code, who) => [(await codes()).draw(code, `${say("tunjukkan")}: ${who.name}`),
  h("p", { class: "govuk-body" }, say("tunjukkan_isi"))];

// Back to where the question came from, when it was asked on this device.
function onwards(on) {
  const here = on && new URL(on, location.href).origin === location.origin;
  return here ? h("p", {}, h("a", { class: "govuk-button", href: on }, say("lanjut"))) : null;
}
