// Reading and drawing QR codes, on the device alone: no picture leaves it.
//
// The browser's own detector reads where there is one that knows QR; where not (iPhones, most desktops), the one of `qr`.
import encode from "qr";
import { BarcodeDetector as Ours } from "qr/decode.js";

let made;
async function detector() {
  const theirs = globalThis.BarcodeDetector;
  const known = theirs && (await theirs.getSupportedFormats().catch(() => [])).includes("qr_code");
  return (made ||= new (known ? theirs : Ours)({ formats: ["qr_code"] }));
}
const read = async (image) => (await (await detector()).detect(image).catch(() => []))[0]?.rawValue || "";

// What the QR code in a picture file says; "" when there is none that can be read.
export async function readPicture(file) {
  const image = await createImageBitmap(file).catch(() => null);
  return image ? read(image) : "";
}

// Shows the camera in `video` and calls `found(text)` until it returns true. Returns the function that stops it.
// Rejects when there is no camera or the person says no.
export async function camera(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let running = true;
  const stop = () => { running = false; stream.getTracks().forEach((track) => track.stop()); video.srcObject = null; };
  video.srcObject = stream;
  video.setAttribute("playsinline", "");
  await video.play();
  (async () => {
    while (running) {
      const text = video.isConnected ? await read(video) : void stop();
      if (running && text && (await found(text))) stop();
      await new Promise((next) => setTimeout(next, 150));
    }
  })();
  return stop;
}

// A QR code as an SVG element of 1 unit a module. Its content lies in `data-isi`, for tests and for reading aloud.
export function draw(text, label, ecc = "low") {
  const rows = encode(text, "raw", { ecc, border: 4 });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const say = { viewBox: `0 0 ${rows.length} ${rows.length}`, role: "img", "aria-label": label, class: "pasti-qrcode", "data-isi": text };
  for (const [name, value] of Object.entries(say)) svg.setAttribute(name, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join(""));
  svg.append(path);
  return svg;
}
