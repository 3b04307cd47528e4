// Getting a code into the wallet: camera, picture or text. What it says is handed on, whatever it is.
import { button, field, h, say, second } from "../paper.js";

// The reader is large and comes when it is needed; the page says where it lies.
export const codes = () => import(document.querySelector("[data-qr]").dataset.qr);

// `heard(text)` returns true when it knew what to do with the text.
export function scanView({ show, go, heading, fault, heard }) {
  const video = h("video", { class: "pasti-camera", muted: true, "aria-label": say("kamera") });
  const trouble = h("div", { role: "status" });
  let stop = () => {};
  const strange = (words) => trouble.replaceChildren(fault(say(words)));
  const take = async (text) => (await heard(text)) || (strange("kode_asing"), false);
  const picture = h("input", { class: "govuk-file-upload", type: "file", accept: "image/*", onchange: async () => {
    const text = picture.files[0] && (await (await codes()).readPicture(picture.files[0]));
    if (text) await take(text);
    else strange("gambar_kosong");
  } });
  const typed = h("textarea", { class: "govuk-textarea", name: "kode", rows: 3, spellcheck: "false", autocomplete: "off" });
  const form = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); take(typed.value.trim()); } },
    field(say("tempel"), typed), button(say("pakai")));
  show(heading(say("pindai")), trouble, h("p", { class: "govuk-body" }, say("pindai_isi")), video,
    field(say("gambar"), picture), form, button(say("kembali"), () => { stop(); go("home"); }, second));
  codes().then(({ camera }) => camera(video, take)).then((made) => (stop = made)).catch(() => { video.remove(); strange("kamera_tiada"); });
}
