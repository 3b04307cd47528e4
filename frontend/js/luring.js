// The workplace of an RT head without a network: families, letters and reports from the sealed store of this device.
import { ENDED, together } from "./luring/sending.js";
import * as vault from "./luring/vault.js";
import { ask, enter, Problem } from "./luring/wire.js";
import { button, day, field, h, input, moment, say, second, select, today } from "./paper.js";
import { keepShell } from "./shell.js";

const room = document.getElementById("luring");
const news = document.getElementById("kabar");
const EVERY = 30000;
let view = { name: "home" };

const show = (...parts) => room.replaceChildren(...parts.flat().filter(Boolean));
const uuid = () => crypto.randomUUID();
const heading = (text) => h("h2", { class: "govuk-heading-m", tabindex: "-1" }, text);
const fault = (text) => h("p", { class: "govuk-error-message", role: "alert" }, text);

async function go(name, more = {}) {
  view = { name, ...more };
  await draw();
  room.querySelector("h2")?.focus();
  scrollTo(0, 0);
}

async function draw() {
  if (!vault.isOpen()) return (await vault.device()) ? showLock() : showPrepare();
  const rt = (await vault.get("rt")) || { families: {}, letters: {}, reports: {} };
  const acts = await vault.queue();
  ({ home: showHome, family: showFamily, report: showReport, letter: showLetter })[view.name](rt, acts);
}

// Preparing the device, and opening it

async function showPrepare(problem = "") {
  let who;
  try {
    who = await enter();
  } catch (error) {
    const strange = error instanceof Problem && error.status === 401;
    show(heading(say("siapkan")), h("p", { class: "govuk-body" }, strange
      ? h("a", { class: "govuk-link", href: `/masuk/?next=${location.pathname}` }, say("masuk")) : say("butuh_jaringan")));
    return;
  }
  if (!who.units.length) return show(h("p", { class: "govuk-body" }, say("bukan_ketua")));
  const unit = select("unit", who.units.map((one) => [one.code, one.name]));
  const form = h("form", { novalidate: true, onsubmit: (event) => prepare(event, form) },
    problem && fault(problem),
    who.units.length > 1 ? field(say("wilayah"), unit) : h("div", { hidden: true }, unit),
    field(say("sandi"), input("sandi", { type: "password", autocomplete: "new-password", required: true }), say("sandi_bantu")),
    field(say("sandi_ulang"), input("ulang", { type: "password", autocomplete: "new-password", required: true })),
    button(say("siapkan")));
  show(heading(say("siapkan")), h("p", { class: "govuk-body" }, say("siapkan_isi")), form);
}

async function prepare(event, form) {
  event.preventDefault();
  const { sandi, ulang, unit } = form.elements;
  const phrase = sandi.value;
  if (phrase.length < 8 || new Set(phrase).size < 4) return showPrepare(say("sandi_pendek"));
  if (phrase !== ulang.value) return showPrepare(say("sandi_beda"));
  try {
    const id = uuid();
    const label = `${navigator.userAgentData?.platform || navigator.platform || "Web"} ${day(new Date().toISOString())}`;
    const made = await ask("/siap-pak-rt/sinkron/perangkat/", { method: "POST", json: { id, unit: unit.value, label } });
    await vault.create(phrase, made);
    navigator.storage?.persist?.();
    await keepShell("siap-luring-1");
    await go("home");
    await sync();
  } catch (error) {
    showPrepare(error instanceof Problem ? error.message : say("gagal"));
  }
}

function showLock(problem = "") {
  const form = h("form", { novalidate: true, onsubmit: (event) => open(event, form) },
    problem && fault(problem),
    field(say("sandi"), input("sandi", { type: "password", autocomplete: "current-password", required: true })),
    button(say("buka")));
  const sure = button(say("hapus_yakin"), async () => { await vault.wipe(); news.textContent = ""; await draw(); }, "govuk-button--warning");
  sure.hidden = true;
  show(heading(say("buka")), form, button(say("hapus"), () => (sure.hidden = false), second), h("p", {}, sure));
}

async function open(event, form) {
  event.preventDefault();
  if (!(await vault.unlock(form.elements.sandi.value))) return (await vault.device()) ? showLock(say("sandi_salah")) : draw();
  await go("home");
  await sync();
}

// What there is to see

function showHome(rt, acts) {
  const words = input("cari", { type: "search", value: view.search || "", oninput: () => { view.search = words.value; list.replaceWith((list = families(rt))); } });
  let list = families(rt);
  const letters = Object.values(rt.letters);
  show(
    heading(say("antrean")), queue(rt, acts),
    button(say("sinkron"), sync, second),
    heading(`${say("surat")} (${letters.length})`),
    letters.length ? h("ul", { class: "pasti-hits" }, letters.map((one) => h("li", {},
      link(`${one.kind}: ${one.name}`, () => go("letter", { id: one.id })),
      h("p", { class: "pasti-quiet" }, decided(acts, one.id) ? say("sudah") : one.words))))
      : h("p", { class: "govuk-body" }, say("surat_kosong")),
    heading(`${say("keluarga")} (${Object.keys(rt.families).length})`),
    field(say("cari"), words), list,
  );
}

const link = (text, onclick) => h("button", { class: "pasti-link", type: "button", onclick }, text);
const decided = (acts, letter) => acts.some((act) => act.data.letter === letter && act.state !== "conflict" && act.state !== "refused");

function families(rt) {
  const wanted = (view.search || "").toLowerCase();
  const found = Object.values(rt.families).filter((one) =>
    `${one.address} ${one.members.map((member) => member.name).join(" ")}`.toLowerCase().includes(wanted));
  return h("ul", { class: "pasti-hits" }, found.slice(0, 150).map((one) => h("li", {},
    link(one.members[0].name, () => go("family", { id: one.id })),
    h("p", { class: "pasti-quiet" }, `${one.address}. ${say("anggota")}: ${one.members.length}`))));
}

function members(family) {
  return h("ul", { class: "govuk-list" }, family.members.map((one) =>
    h("li", {}, h("strong", {}, one.name), h("br"), `${one.relation}, ${day(one.born)}`)));
}

function showFamily(rt) {
  const family = rt.families[view.id];
  if (!family) return go("home");
  show(back(), heading(family.members[0].name), h("p", { class: "govuk-body" }, family.address), members(family),
    (mothers(family).length ? ["birth", "death"] : ["death"]).map((kind) => button(say(`lapor_${kind}`), () => go("report", { id: family.id, kind }))));
}

// Who can have given birth: a woman of 10 to 60, as the register asks (civil/rules/peristiwa.py).
const age = (one) => (Date.now() - Date.parse(one.born)) / (365.25 * 86400000);
const mothers = (family) => family.members.filter((one) => one.sex === 2 && age(one) >= 10 && age(one) < 61);

const back = () => button(say("kembali"), () => go("home"), second);

function showReport(rt, acts) {
  const family = rt.families[view.id];
  if (!family) return go("home");
  const birth = view.kind === "birth";
  const whom = birth ? mothers(family) : family.members;
  const form = h("form", { onsubmit: (event) => report(event, form, family, acts) },
    field(say(birth ? "ibu" : "yang_meninggal"), select("person", whom.map((one) => [one.id, one.name]))),
    birth && field(say("nama_anak"), input("name", { required: true, maxlength: 150 })),
    birth && field(say("jk"), select("sex", [["1", say("jk1")], ["2", say("jk2")]])),
    field(say(`tgl_${view.kind}`), input("on", { type: "date", required: true, max: today() })),
    field(say("foto"), h("input", { class: "govuk-file-upload", type: "file", name: "foto", accept: "image/jpeg,image/png,image/webp,application/pdf" })),
    button(say("simpan")));
  show(back(), heading(say(`lapor_${view.kind}`)), form);
}

async function report(event, form, family, acts) {
  event.preventDefault();
  const { person, name, sex, on, foto } = form.elements;
  const told = view.kind === "birth" ? { name: name.value.trim(), sex: Number(sex.value) } : {};
  const photo = foto.files[0];
  await keep({
    kind: "laporan", base: family.v, file: photo?.name, title: `${say(`lapor_${view.kind}`)}: ${told.name || person.selectedOptions[0].text}`,
    data: { kind: view.kind, family: family.id, person: person.value, on: on.value, told },
  }, acts, photo);
}

function showLetter(rt, acts) {
  const letter = rt.letters[view.id];
  if (!letter) return go("home");
  const reason = h("textarea", { class: "govuk-textarea", name: "reason", rows: 3, maxlength: 600 });
  const missing = fault(say("alasan_perlu"));
  missing.hidden = true;
  const decide = (verdict) => async () => {
    missing.hidden = verdict === "approve" || Boolean(reason.value.trim());
    if (!missing.hidden) return reason.focus();
    await keep({ kind: "surat", base: letter.v, title: `${say(verdict)}: ${letter.kind}, ${letter.name}`,
      data: { letter: letter.id, verdict, reason: reason.value.trim() } }, acts);
  };
  show(back(), heading(letter.kind), h("p", { class: "govuk-body" }, h("strong", {}, letter.name)),
    h("ul", { class: "govuk-list" }, Object.values(letter.told).map((text) => h("li", {}, text))),
    decided(acts, letter.id) ? h("p", { class: "govuk-body" }, say("sudah"))
      : [missing, field(say("alasan"), reason), button(say("approve"), decide("approve")),
        button(say("meet"), decide("meet"), second), button(say("refuse"), decide("refuse"), second)]);
}

// What was done here

async function keep(act, acts, photo) {
  const about = act.data.family || act.data.letter;
  const before = acts.filter((one) => one.state !== "done" && (one.data.family || one.data.letter) === about).pop();
  await vault.enqueue({ ...act, client_id: uuid(), made_at: new Date().toISOString(), state: "waiting", after: before?.client_id || "" }, photo);
  await go("home");
  await sync();
}

function queue(rt, acts) {
  if (!acts.length) return h("p", { class: "govuk-body" }, say("antrean_kosong"));
  const sent = acts.filter((one) => one.state === "done");
  return h("div", {}, h("ol", { class: "pasti-hits", id: "antrean" }, acts.map((act) => h("li", { "data-keadaan": act.state },
    h("strong", {}, act.title), " ", h("span", { class: `pasti-tag ${TAGS[act.state] || ""}` }, say(act.state)),
    act.words && h("p", {}, act.words),
    h("p", { class: "pasti-quiet" }, `${say("dibuat")} ${moment(act.made_at)}`),
    act.state === "conflict" && conflict(act),
    act.state === "refused" && button(say("batalkan"), () => dropped(act, acts), second)))),
  sent.length ? button(say("bersihkan"), async () => { for (const one of sent) await vault.drop(one.urut); await draw(); }, second) : null);
}
const TAGS = { done: "pasti-tag--good", conflict: "pasti-tag--fair", refused: "pasti-tag--poor" };

// Mine and theirs, side by side; nothing is sent over what others did unless the RT head has seen it.
function conflict(act) {
  const now = act.now;
  const theirs = !now ? h("p", {}, say("tiada"))
    : now.members ? members(now) : h("p", {}, now.happened || now.words);
  const again = now?.members || (now && now.v !== act.base && ["at_rt", "meet"].includes(now.state));
  return h("div", { class: "pasti-two" },
    h("div", { class: "pasti-card" }, h("h3", {}, say("milik_saya")), h("p", {}, act.title), h("p", {}, act.data.on ? day(act.data.on) : act.data.reason)),
    h("div", { class: "pasti-card" }, h("h3", {}, say("sekarang")), theirs),
    h("p", {}, again ? button(say("kirim_lagi"), async () => {
      await vault.change(act.urut, { ...act, state: "waiting", sure: true, base: now.v, words: "", now: null });
      await draw();
      await sync();
    }) : null, button(say("batalkan"), async () => dropped(act, await vault.queue()), second)));
}

async function dropped(act, acts) {
  await vault.drop(act.urut);
  for (const one of acts) if (one.after === act.client_id) await vault.change(one.urut, { ...one, after: "" });
  await draw();
}

// One tab sends for all of them; the others show what became of it.
const tabs = new BroadcastChannel("siap-luring");
tabs.onmessage = () => vault.isOpen() && view.name === "home" && document.activeElement?.name !== "cari" && draw();

async function sync() {
  const was = view.name;
  const result = await together(async () => view.name === "home" && draw());
  if (result === "ended") {
    show(h("p", { class: "govuk-body", role: "alert", "data-kode": ENDED }, say("berakhir")));
    news.textContent = "";
    return;
  }
  if (result === "ok") tabs.postMessage("sent");
  const kept = vault.isOpen() ? await vault.get("rt") : null;
  news.textContent = result === "ok" ? `${say("kabar_ok")}: ${moment(kept?.fetched)}` : say(`kabar_${result}`);
  if (result === "sign-in") news.append(" ", h("a", { class: "govuk-link", href: `/masuk/?next=${location.pathname}` }, say("masuk")));
  if (was === "home" && view.name === "home" && vault.isOpen() && document.activeElement?.name !== "cari") await draw();
}

addEventListener("online", () => vault.isOpen() && sync());
document.addEventListener("visibilitychange", () => !document.hidden && vault.isOpen() && sync());
setInterval(() => vault.isOpen() && sync(), EVERY);
draw();
vault.device().then((known) => known && keepShell("siap-luring-1")).catch(() => {});
