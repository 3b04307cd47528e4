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
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ES256, false, ["verify"]);
  return crypto.subtle.verify(ES256, key, fromBase64url(signature), text.encode(signed));
}
