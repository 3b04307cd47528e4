// What was shown to whom: the receipts of this device.
import { button, h, moment, say, second } from "../paper.js";
import * as store from "./store.js";

const PAGE = 20;
const TAGS = { sent: "pasti-tag--good", shown: "pasti-tag--good", declined: "", refused: "pasti-tag--poor", unknown: "pasti-tag--fair" };

export async function receiptsView({ show, go, heading }) {
  const list = h("ol", { class: "pasti-hits", id: "kuitansi" });
  const older = button(say("lebih_lama"), () => more(), second);
  let last = Infinity;
  async function more() {
    const found = await store.receipts(last, PAGE);
    last = found.at(-1)?.urut ?? 0;
    older.hidden = found.length < PAGE;
    list.append(...found.map(receipt));
  }
  show(heading(say("kuitansi")), h("p", { class: "govuk-body" }, say("kuitansi_isi")), list, older,
    button(say("kembali"), () => go("home"), second));
  await more();
  if (!list.children.length) list.replaceWith(h("p", { class: "govuk-body" }, say("kuitansi_kosong")));
}

const receipt = (one) => h("li", {}, h("strong", {}, one.name), " ",
  h("span", { class: `pasti-tag ${TAGS[one.outcome]}` }, say(`hasil_${one.outcome}`)),
  one.purpose && h("p", {}, one.purpose), one.basis && h("p", { class: "pasti-quiet" }, one.basis),
  one.shown.length ? h("p", {}, `${say("dikirim")}: ${one.shown.join(", ")}. ${one.hidden} ${say("tidak_dikirim")}`) : null,
  one.words && h("p", {}, one.words),
  h("p", { class: "pasti-quiet" }, moment(one.at)));
