// The credential: an SD-JWT VC (RFC 9901), opened, checked, and shown in part.
import { digest, read, readDisclosure, seconds, sign, signedBy } from "./codec.js";

// The disclosable claims of a credential, each with the path to it and what must be handed over to show it.
export async function open(credential) {
  const [jwt, ...rest] = credential.split("~");
  const token = read(jwt);
  const known = new Map();
  for (const text of rest.filter(Boolean)) known.set(await digest(text), text);
  const claims = [];
  walk(token.payload, [], [], known, claims);
  return { jwt, token, payload: token.payload, claims };
}

function walk(node, path, needed, known, claims) {
  if (!node || typeof node !== "object") return;
  for (const hash of node._sd || []) {
    const text = known.get(hash);
    if (!text) continue;
    const [, name, value] = readDisclosure(text);
    const claim = { path: [...path, name], value, disclosures: [...needed, text] };
    claims.push(claim);
    walk(value, claim.path, claim.disclosures, known, claims);
  }
  for (const [name, value] of Object.entries(node)) if (name !== "_sd") walk(value, [...path, name], needed, known, claims);
}

// Raises when this is not what the issuer should have given for our key. `keys` are the issuer's.
export async function check({ token, payload }, { issuer, keys, jwk }) {
  const own = payload.cnf?.jwk || {};
  const right = token.header.typ === "dc+sd-jwt" && (await signedBy(token, keys)) && payload.iss === issuer
    && own.x === jwk.x && own.y === jwk.y && payload.exp > seconds();
  if (!right) throw new Error("kartu_salah");
}

export const nameOf = (path) => path.join(".");

// The presentation: the credential with the wanted claims alone, bound to this verifier and this request.
export async function present({ jwt, claims }, wanted, { audience, nonce, key }) {
  const shown = new Set(claims.filter((one) => wanted.includes(nameOf(one.path))).flatMap((one) => one.disclosures));
  const said = [jwt, ...shown, ""].join("~");
  const payload = { iat: seconds(), aud: audience, nonce, sd_hash: await digest(said) };
  return said + (await sign({ typ: "kb+jwt" }, payload, key));
}
