// Lets the wallet's own scripts work outside of a browser: reads one JSON object, prints one.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { deskQuestion, readDesk } from "../../frontend/js/dompet/desk.js";
import { check, nameOf, open, present } from "../../frontend/js/dompet/sdjwt.js";
import { look } from "../../frontend/js/dompet/status.js";
import { fetchQuestion, questionOf, readRequestLink } from "../../frontend/js/dompet/verifier.js";
import { unpack } from "../../frontend/js/presentation.js";

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
    const question = questionOf(request);
    return { asked: question.pick(card), enough: given.map((one) => question.enough(one)) };
  },
  async fetch({ client, uri, token, origin }) {
    globalThis.location = { origin };
    globalThis.fetch = async () => ({ ok: true, text: async () => token });
    return fetchQuestion({ client, uri }).then(({ who }) => ({ who }), (error) => ({ refused: error.code }));
  },
  // `latest`: the keys the city publishes now; null without a network.
  async desk({ text, keys, latest, credential, holder, names }) {
    const opened = await open(credential);
    const card = { claims: opened.claims.map((one) => nameOf(one.path)) };
    const fetched = async () => { if (!latest) throw new TypeError("offline"); return latest; };
    const question = await deskQuestion(readDesk(text), keys, fetched).catch((error) => ({ refused: error.code || String(error) }));
    if (question.refused) return question;
    const key = await webcrypto.subtle.importKey("jwk", holder, ES256, false, ["sign"]);
    const { code } = await question.answer(opened, key, question.pick(card).map((one) => one.name).filter((one) => names.includes(one)));
    return { who: question.who, picked: question.pick(card), enough: question.enough(["name"]), code, shown: await unpack(code) };
  },
  async link({ texts }) {
    return { links: texts.map((one) => readRequestLink(one)) };
  },
};
const { act, ...words } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await acts[act](words)));
