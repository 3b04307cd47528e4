// Lets the wallet's own scripts work outside of a browser: reads one JSON object, prints one.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { check, nameOf, open, present } from "../../frontend/js/dompet/sdjwt.js";
import { look } from "../../frontend/js/dompet/status.js";
import { asked, enough, readRequestLink } from "../../frontend/js/dompet/verifier.js";

const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const acts = {
  async present({ credential, holder, claims, audience, nonce, issuer, keys }) {
    const opened = await open(credential);
    const trusted = await check(opened, { issuer, keys, jwk: holder }).then(() => true, () => false);
    const key = await webcrypto.subtle.importKey("jwk", holder, ES256, false, ["sign"]);
    return { trusted, claims: opened.claims.map((one) => nameOf(one.path)), shown: await present(opened, claims, { audience, nonce, key }) };
  },
  async look({ uri, indexes, keys, token }) {
    globalThis.fetch = async () => ({ ok: true, text: async () => token });
    return { states: await look(uri, indexes, keys).catch(() => null) };
  },
  async ask({ request, card, given }) {
    return { asked: asked(request, card), enough: given.map((one) => enough(request, one)) };
  },
  async link({ texts }) {
    return { links: texts.map((one) => readRequestLink(one)) };
  },
};
const { act, ...words } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await acts[act](words)));
