// Talking to the issuer, by OpenID for Verifiable Credential Issuance 1.0: offer, token, nonce, proofs, copies.
import { ES256, seconds, sign } from "./codec.js";
import { check, open } from "./sdjwt.js";

const GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const BATCH = 5;

// A refusal by the issuer, with the code of the standard: invalid_grant, invalid_proof, ...
export class Denied extends Error {
  constructor(code, words = "") {
    super(words || code);
    this.code = code;
  }
}

export async function json(url, options = {}) {
  const answer = await fetch(url, { credentials: "omit", cache: "no-store", ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Denied(body.error || `http_${answer.status}`, body.error_description || body.detail);
  return body;
}
const post = (url, body, headers = {}) =>
  json(url, body instanceof URLSearchParams ? { method: "POST", body, headers }
    : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });

// Reads an offer from what a QR code, a link or pasted text says; null when it says something else.
// This wallet keeps the cards of its own city only: an offer of another place is refused.
export async function readOffer(said) {
  const query = said.includes("?") ? new URLSearchParams(said.slice(said.indexOf("?") + 1)) : new URLSearchParams();
  const where = query.get("credential_offer_uri");
  const inline = query.get("credential_offer") || (said.trim().startsWith("{") ? said : "");
  if (!where && !inline) return null;
  if (where) here(where);
  const offer = where ? await json(where) : JSON.parse(inline);
  here(offer.credential_issuer);
  const grant = offer.grants?.[GRANT];
  if (!grant) throw new Denied("unsupported_grant_type");
  return { issuer: offer.credential_issuer, configuration: offer.credential_configuration_ids[0],
    code: grant["pre-authorized_code"], server: grant.authorization_server, txCode: grant.tx_code || null };
}

export function here(url) {
  if (!url || new URL(url).origin !== location.origin) throw new Denied("asing");
}

const wellKnown = (issuer, name) => {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/${name}${pathname === "/" ? "" : pathname}`;
};
export async function issuerKeys(issuer) {
  const { jwks, jwks_uri: uri } = await json(wellKnown(issuer, "jwt-vc-issuer"));
  return (jwks || (await json(uri))).keys;
}

// Exchanges the offer for copies of the card: each with a key of its own, made here. Returns {about, copies}.
export async function accept(offer, txCode) {
  const meta = await json(wellKnown(offer.issuer, "openid-credential-issuer"));
  const server = await json(wellKnown(offer.server || meta.authorization_servers?.[0] || offer.issuer, "oauth-authorization-server"));
  const form = new URLSearchParams({ grant_type: GRANT, "pre-authorized_code": offer.code });
  if (txCode) form.set("tx_code", txCode);
  const token = await post(server.token_endpoint, form);
  const count = Math.min(BATCH, meta.batch_credential_issuance?.batch_size || 1);
  const pairs = await Promise.all(Array.from({ length: count }, newKey));
  const { c_nonce: nonce } = await post(meta.nonce_endpoint, {});
  const proofs = await Promise.all(pairs.map(({ key, jwk }) => sign({ typ: "openid4vci-proof+jwt", jwk },
    { aud: offer.issuer, iat: seconds(), nonce }, key)));
  const identifier = token.authorization_details?.[0]?.credential_identifiers?.[0];
  const asked = identifier ? { credential_identifier: identifier } : { credential_configuration_id: offer.configuration };
  const answer = await post(meta.credential_endpoint, { ...asked, proofs: { jwt: proofs } },
    { Authorization: `Bearer ${token.access_token}` });
  const keys = await issuerKeys(offer.issuer);
  return { keys, copies: await checked(answer.credentials.map((one) => one.credential), pairs, offer.issuer, keys),
    config: meta.credential_configurations_supported[offer.configuration] };
}

async function newKey() {
  const { privateKey: key, publicKey } = await crypto.subtle.generateKey(ES256, false, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { key, jwk: { kty, crv, x, y } };
}

// The issuer may answer in any order: each copy belongs to the key it names.
function checked(credentials, pairs, issuer, keys) {
  return Promise.all(credentials.map(async (text) => {
    const opened = await open(text);
    const pair = pairs.find((one) => one.jwk.x === opened.payload.cnf?.jwk?.x);
    if (!pair) throw new Error("kartu_salah");
    await check(opened, { issuer, keys, jwk: pair.jwk });
    return { key: pair.key, text, opened };
  }));
}
