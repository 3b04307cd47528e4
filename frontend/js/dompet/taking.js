// Taking a card in: the officer's code, and the transaction code that came another way.
import { button, field, h, input, say, second } from "../paper.js";
import { takeIn } from "./cards.js";
import { Denied } from "./issuer.js";

export function offerView({ show, go, heading, fault }, offer, problem = "") {
  const wanted = offer.txCode;
  const code = input("tx_code", { required: true, autocomplete: "one-time-code",
    ...(wanted?.input_mode !== "text" && { inputmode: "numeric" }), maxlength: wanted?.length || 12 });
  const form = h("form", { novalidate: true, onsubmit: (event) => take(event) },
    problem && fault(problem), wanted && field(say("kode_transaksi"), code, wanted.description || say("kode_transaksi_bantu")),
    button(say("terima")));
  const wait = h("p", { class: "govuk-body", role: "status" });
  show(heading(say("terima_judul")), h("p", { class: "govuk-body" }, say("terikat")), form, wait,
    button(say("kembali"), () => go("home"), second));

  async function take(event) {
    event.preventDefault();
    form.hidden = true;
    wait.textContent = say("sedang_dibuat");
    try {
      await takeIn(offer, code.value.trim());
      go("home", { news: say("diterima") });
    } catch (error) {
      offerView({ show, go, heading, fault }, offer, why(error));
    }
  }
}

function why(error) {
  if (!(error instanceof Denied)) return say(error.message === "kartu_salah" ? "kartu_salah" : "butuh_jaringan");
  return say({ invalid_grant: "tawaran_ditolak", invalid_proof: "gagal", invalid_nonce: "gagal" }[error.code] || "tawaran_berakhir");
}
