// Somebody asks: who, why, on what ground, and which data; nothing goes without the holder's word.
import { button, h, say, second } from "../paper.js";
import { copyFor, label } from "./cards.js";
import { Denied } from "./issuer.js";
import { nameOf, open } from "./sdjwt.js";
import * as store from "./store.js";
import { asked, decline, enough, send } from "./verifier.js";

const DATA = "pasti-verifier";

// Who asks and why, as the register of verifiers has it.
export function whoAsks(request) {
  const told = (request.verifier_info || []).find((one) => one.format === DATA)?.data || {};
  return { id: told.id || request.client_id, name: told.name || request.client_metadata?.client_name || request.client_id,
    agency: told.agency || "", purpose: told.purpose || "", basis: told.legal_basis || "" };
}

export async function requestView({ show, go, heading, fault }, request, cards) {
  const who = whoAsks(request);
  const card = cards.find((one) => asked(request, one));
  const back = button(say("kembali"), () => go("home"), second);
  if (!card) return show(heading(who.name), fault(say(cards.length ? "bukan_kartu" : "belum_ada")), back);
  const claims = asked(request, card);
  const [sample] = await store.copiesOf(card.id);
  const values = new Map((await open(sample.text)).claims.map((one) => [nameOf(one.path), one.value]));
  const boxes = claims.map((one) => h("input", { class: "govuk-checkboxes__input", type: "checkbox", id: `klaim-${one.name}`,
    name: "klaim", value: one.name, checked: true, onchange: count }));
  const hidden = h("p", { class: "govuk-body", id: "tersembunyi", role: "status" });
  const yes = button(say("kirim"), () => answer(chosen()));
  const no = button(say("tolak"), async () => { await decline(request); await note([], "declined"); go("home", { news: say("ditolak") }); }, second);
  const chosen = () => claims.filter((_one, at) => boxes[at].checked);

  function count() {
    const given = chosen();
    const allowed = enough(request, given.map((one) => one.id));
    hidden.textContent = allowed ? `${card.claims.length - given.length} ${say("tidak_dikirim")}` : say("wajib_kurang");
    yes.disabled = !allowed;
  }

  const note = (given, outcome, words = "") => store.addReceipt({ at: new Date().toISOString(), ...who, outcome, words,
    shown: given.map((one) => label(card, one.name)), hidden: card.claims.length - given.length });

  async function answer(given) {
    yes.disabled = no.disabled = true;
    const copy = await copyFor(card, who.id);
    try {
      const on = await send(request, copy.opened, copy.key, given.map((one) => one.name));
      await note(given, "sent");
      sentView({ show, go, heading }, who, given.map((one) => label(card, one.name)), card.claims.length - given.length, on);
    } catch (error) {
      // Without an answer nobody knows whether it arrived: the receipt says so.
      await note(given, error instanceof Denied ? "refused" : "unknown", error instanceof Denied ? error.message : "");
      show(heading(who.name), fault(error instanceof Denied ? `${say("verifier_menolak")}: ${error.message}` : say("mungkin_terkirim")), back);
    }
  }

  show(heading(`${who.name} ${say("meminta")}`),
    h("dl", { class: "govuk-summary-list" }, [["instansi", who.agency], ["tujuan", who.purpose], ["dasar", who.basis]]
      .filter(([, text]) => text).map(([name, text]) => h("div", { class: "govuk-summary-list__row" },
        h("dt", { class: "govuk-summary-list__key" }, say(name)), h("dd", { class: "govuk-summary-list__value" }, text)))),
    h("fieldset", { class: "govuk-fieldset govuk-form-group" },
      h("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--s" }, say("yang_diminta")),
      h("div", { class: "govuk-checkboxes" }, claims.map((one, at) => h("div", { class: "govuk-checkboxes__item" }, boxes[at],
        h("label", { class: "govuk-label govuk-checkboxes__label", for: boxes[at].id }, h("strong", {}, label(card, one.name)),
          one.required ? ` (${say("wajib")})` : ` (${say("boleh_tidak")})`, h("br"), told(values.get(one.name))))))),
    hidden, h("p", { class: "govuk-button-group" }, yes, no));
  count();
}

const told = (value) => (typeof value === "boolean" ? say(value ? "ya" : "tidak")
  : value && typeof value === "object" ? Object.values(value).join(", ") : String(value ?? ""));

function sentView({ show, go, heading }, who, shown, hidden, on) {
  const next = on && new URL(on, location.href).origin === location.origin ? on : "";
  show(heading(say("terkirim")),
    h("p", { class: "govuk-body" }, `${who.name}: ${shown.join(", ")}.`),
    h("p", { class: "govuk-body", id: "tersembunyi" }, `${hidden} ${say("tidak_dikirim")}`),
    next ? h("p", {}, h("a", { class: "govuk-button", href: next }, say("lanjut"))) : null,
    button(say("kembali"), () => go("home"), second));
}
