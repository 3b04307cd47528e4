// Words of JOSE: base64url, digests, and tokens signed with ES256 (RFC 7515, 7518).
const text = new TextEncoder();
export const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export const toBase64url = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
export const fromBase64url = (said) =>
  Uint8Array.from(atob(said.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

const pack = (value) => toBase64url(text.encode(JSON.stringify(value)));
const unpack = (said) => JSON.parse(new TextDecoder().decode(fromBase64url(said)));
export const digest = async (said) => toBase64url(await crypto.subtle.digest("SHA-256", text.encode(said)));
export const seconds = () => Math.floor(Date.now() / 1000);

export function read(jwt) {
  const [head, body, signature] = jwt.split(".");
  return { header: unpack(head), payload: unpack(body), signed: `${head}.${body}`, signature };
}
export const readDisclosure = unpack;

export async function sign(header, payload, key) {
  const said = `${pack({ alg: "ES256", ...header })}.${pack(payload)}`;
  return `${said}.${toBase64url(await crypto.subtle.sign(ES256, key, text.encode(said)))}`;
}

// True when one of the keys (JWK) made this signature; only ES256 counts.
export async function signedBy(token, keys) {
  const { header, signed, signature } = token;
  if (header.alg !== "ES256") return false;
  const jwk = keys.find((one) => one.kid === header.kid && one.crv === "P-256");
  if (!jwk) return false;
  const { kty, crv, x, y } = jwk;
  return verified(await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ES256, false, ["verify"]), signed, signature);
}
const verified = (key, signed, signature) => crypto.subtle.verify(ES256, key, fromBase64url(signature), text.encode(signed));

// Every P-256 certificate holds its key behind these bytes (RFC 5480): SEQUENCE, the two names of algorithm and curve.
const P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

// The fingerprint of the certificate that signed this token and came with it (x5c); "" when it did not sign it.
export async function signingCertificate({ header, signed, signature }) {
  const der = fromBase64url(header.x5c?.[0] || "");
  const at = Array.from(der, (one) => one.toString(16).padStart(2, "0")).join("").indexOf(P256) / 2;
  if (header.alg !== "ES256" || at < 0) return "";
  const key = await crypto.subtle.importKey("spki", der.slice(at, at + 91), ES256, false, ["verify"]);
  return (await verified(key, signed, signature)) ? toBase64url(await crypto.subtle.digest("SHA-256", der)) : "";
}
