// Judging a presentation on this device: the checks of identity/rules/sd_jwt_checks.py, with the issuer's keys and the
// status list that the desk brought along. Throws Broken with the same codes.
import { ES256, digest, fromBase64url, read, readDisclosure, seconds, signedBy } from "../dompet/codec.js";

const PROTECTED = ["iss", "iat", "nbf", "exp", "cnf", "vct", "status"];
const SKEW = 60;
const WINDOW = 300; // seconds a holder's signature may be old, or ahead of this clock
const LONGEST = 64 * 1024;

export class Broken extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
const need = (holds, code) => {
  if (!holds) throw new Broken(code);
};

// `desk` is {sub, claims, required, paths}; `city` {issuer, vct, keys}; `statusAt(uri, idx)` gives 0, 1, 2 or throws.
export async function judge(text, { desk, nonce, city, statusAt, now = seconds() }) {
  need(text.length <= LONGEST && text.includes("~"), "encoding");
  const parts = text.split("~");
  const [jwt, given, binding] = [parts[0], parts.slice(1, -1), parts.at(-1)];
  const issued = tokenOf(jwt);
  await issuedByCity(issued, city, now);
  const payload = await folded(issued.payload, given);
  await boundToHolder(binding && tokenOf(binding), payload, { open: text.slice(0, text.length - binding.length), desk, nonce, now });
  const { uri, idx } = payload.status?.status_list || {};
  need(typeof uri === "string" && Number.isInteger(idx) && idx >= 0, "status-unknown");
  const status = await statusAt(uri, idx);
  need(status !== 1, "revoked");
  need(status !== 2, "suspended");
  need(status === 0, "status-unknown");
  return answered(payload, desk);
}

function tokenOf(jwt) {
  try {
    need(jwt.split(".").length === 3, "encoding");
    return read(jwt);
  } catch {
    throw new Broken("encoding");
  }
}

async function issuedByCity(token, city, now) {
  const { header, payload } = token;
  need(header.typ === "dc+sd-jwt", "typ");
  need(header.alg === "ES256" && !("crit" in header), "alg");
  need(city.keys.some((one) => one.kid === header.kid), "issuer-key");
  need(await signedBy(token, city.keys), "issuer-signature");
  need(["sha-256", undefined].includes(payload._sd_alg), "digest-algorithm");
  need(payload.iss === city.issuer && payload.vct === city.vct, "vct");
  need(Number.isFinite(payload.exp) && now < payload.exp, "expired");
  need(payload.nbf === undefined || payload.nbf <= now + SKEW, "not-yet-valid");
  need(payload.iat === undefined || payload.iat <= now + SKEW, "issued-in-future");
}

// The payload with what was disclosed in its places. Each digest stands once, each disclosure has one.
async function folded(payload, given) {
  need(new Set(given).size === given.length, "disclosure-repeated");
  const known = new Map();
  for (const text of given) known.set(await digest(text), opened(text));
  const [seen, used] = [new Set(), new Set()];
  const take = (hash) => {
    need(typeof hash === "string", "digests");
    need(!seen.has(hash), "digest-repeated");
    seen.add(hash);
    if (!known.has(hash)) return null;
    used.add(hash);
    return known.get(hash);
  };
  const fold = (node, top = false) => {
    if (Array.isArray(node)) return node.flatMap((one) => element(one, take, fold));
    if (!node || typeof node !== "object") return node;
    const { _sd: hashes = [], ...rest } = node;
    need(Array.isArray(hashes), "digests");
    const made = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, fold(value)]));
    for (const one of hashes.map(take).filter(Boolean)) {
      need(one.length === 3 && !Object.hasOwn(made, one[1]), "claim-clash");
      need(!top || !PROTECTED.includes(one[1]), "protected-disclosed");
      made[one[1]] = fold(one[2]);
    }
    return made;
  };
  const whole = fold(payload, true);
  need(used.size === known.size, "disclosure-unused");
  return whole;
}

function element(one, take, fold) {
  if (!one || typeof one !== "object" || !Object.hasOwn(one, "...")) return [fold(one)];
  need(Object.keys(one).length === 1, "digests");
  const found = take(one["..."]);
  need(!found || found.length === 2, "claim-clash");
  return found ? [fold(found[1])] : [];
}

function opened(text) {
  let made;
  try {
    made = readDisclosure(text);
  } catch {
    throw new Broken("disclosure");
  }
  const right = Array.isArray(made) && [2, 3].includes(made.length) && typeof made[0] === "string";
  need(right && (made.length === 2 || (typeof made[1] === "string" && !["_sd", "...", "_sd_alg", "__proto__"].includes(made[1]))), "disclosure");
  return made;
}

async function boundToHolder(token, payload, { open, desk, nonce, now }) {
  need(token, "binding-missing");
  need(token.header.typ === "kb+jwt", "binding-typ");
  need(token.header.alg === "ES256" && !("crit" in token.header), "binding-alg");
  need(token.payload.aud === desk.sub, "audience");
  need(token.payload.nonce === nonce, "nonce");
  need(Number.isFinite(token.payload.iat) && Math.abs(now - token.payload.iat) <= WINDOW, "binding-time");
  need(token.payload.sd_hash === (await digest(open)), "sd-hash");
  const { kty, crv, x, y } = payload.cnf?.jwk || {};
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ES256, false, ["verify"]).catch(() => null);
  need(key, "holder-key");
  const said = new TextEncoder().encode(token.signed);
  need(await crypto.subtle.verify(ES256, key, fromBase64url(token.signature), said), "binding-signature");
}

// What was asked and shown, by name; nothing else is looked at.
function answered(payload, { claims, required, paths }) {
  const shown = {};
  for (const name of claims) {
    const value = paths[name].reduce((node, step) => (node && Object.hasOwn(node, step) ? node[step] : undefined), payload);
    if (value !== undefined) shown[name] = value;
  }
  need(required.every((name) => Object.hasOwn(shown, name)), "claims-missing");
  return shown;
}

// One status list as it was fetched: when it was made, until when it may be relied on, and the status of an entry.
export async function listOf(text, uri, keys) {
  const token = tokenOf(text.trim());
  const { sub, iat, exp, status_list: list } = token.payload;
  need(token.header.typ === "statuslist+jwt" && sub === uri && (await signedBy(token, keys)), "status-unknown");
  const stream = new Blob([fromBase64url(list.lst)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const each = 8 / list.bits;
  return {
    uri, iat, exp,
    at(idx) {
      const byte = bytes[Math.floor(idx / each)];
      need(byte !== undefined, "status-unknown");
      return (byte >> ((idx % each) * list.bits)) & (2 ** list.bits - 1);
    },
  };
}
