// A presentation as a QR code that a cheap camera reads: the SD-JWT's parts as bytes instead of base64url, deflated, in
// base45 (RFC 9285), so that the code uses its alphanumeric mode: a third fewer modules than the plain text.
import { fromBase64url, toBase64url } from "./dompet/codec.js";

const PREFIX = "PASTI-JAWAB1:";
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LARGEST = 64 * 1024; // bytes of an unpacked presentation

async function through(stream, bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  for (let size = 0, part; !(part = await reader.read()).done; parts.push(...part.value)) {
    if ((size += part.value.length) > LARGEST) throw new RangeError("presentation");
  }
  return Uint8Array.from(parts);
}

function base45(bytes) {
  let said = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    let value = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let sign = 0; sign < (pair ? 3 : 2); sign += 1, value = Math.floor(value / 45)) said += SIGNS[value % 45];
  }
  return said;
}
function unbase45(said) {
  const bytes = [];
  for (let at = 0; at < said.length; at += 3) {
    const group = [...said.slice(at, at + 3)].map((sign) => SIGNS.indexOf(sign));
    const value = group.reduceRight((sum, sign) => sum * 45 + sign, 0);
    if (group.includes(-1) || group.length === 1 || value > (group.length === 3 ? 65535 : 255)) throw new RangeError("base45");
    bytes.push(...(group.length === 3 ? [value >> 8, value & 255] : [value]));
  }
  return Uint8Array.from(bytes);
}

// The code's text for a presentation `jwt~disclosure~...~jwt`.
export async function pack(text) {
  const tokens = text.split(/[.~]/).map(fromBase64url);
  const bytes = tokens.flatMap((one) => [one.length >> 8, one.length & 255, ...one]);
  return PREFIX + base45(await through(new CompressionStream("deflate-raw"), Uint8Array.from(bytes)));
}

export const isPacked = (said) => said.startsWith(PREFIX);

// The presentation in the code's text. Throws what is none.
export async function unpack(said) {
  if (!isPacked(said)) throw new RangeError("presentation");
  const bytes = await through(new DecompressionStream("deflate-raw"), unbase45(said.slice(PREFIX.length)));
  const tokens = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes[at] * 256 + bytes[at + 1];
    tokens.push(toBase64url(bytes.slice(at + 2, at + 2 + size)));
    at += 2 + size;
  }
  if (tokens.length < 6) throw new RangeError("presentation");
  return [tokens.slice(0, 3).join("."), ...tokens.slice(3, -3), tokens.slice(-3).join(".")].join("~");
}
