// The cards of this wallet: taking one in, its state, and which copy goes to whom.
import { accept, issuerKeys } from "./issuer.js";
import { nameOf, open } from "./sdjwt.js";
import { look } from "./status.js";
import * as store from "./store.js";

const valueOf = (opened, name) => opened.claims.find((one) => nameOf(one.path) === name)?.value ?? "";

// Accepts an offer and keeps the card. A card of the same person is replaced: its copies are not good any more.
export async function takeIn(offer, txCode) {
  const { copies, config, keys } = await accept(offer, txCode);
  const [{ opened }] = copies;
  const card = {
    id: crypto.randomUUID(), issuer: offer.issuer, vct: opened.payload.vct, person: valueOf(opened, "nik"),
    name: valueOf(opened, "name"), kelurahan: valueOf(opened, "kelurahan"), expires: opened.payload.exp,
    claims: opened.claims.map((one) => nameOf(one.path)), labels: labelsOf(config), received: new Date().toISOString(),
    state: "valid", looked: null, keys,
  };
  const same = (await store.cards()).filter((one) => one.issuer === card.issuer && one.person === card.person).map((one) => one.id);
  const rows = copies.map(({ key, text, opened: own }) => ({
    id: crypto.randomUUID(), key, text, exp: own.payload.exp, status: own.payload.status.status_list, seen_by: "", seen_at: "",
  }));
  await store.putCard(card, rows, same);
  return card;
}

// {"nik": {"id": "NIK", "en": "..."}, ...} from the issuer's metadata.
function labelsOf(config) {
  const listed = config?.credential_metadata?.claims || config?.claims || [];
  return Object.fromEntries(listed.map((one) => [nameOf(one.path),
    Object.fromEntries((one.display || []).map((said) => [(said.locale || "id").slice(0, 2), said.name]))]));
}
export function label(card, name) {
  const said = card.labels[name] || {};
  return said[document.documentElement.lang] || said.id || Object.values(said)[0] || name;
}

const usable = (copy) => copy.exp > Date.now() / 1000;
export const fresh = (copies) => copies.filter((one) => usable(one) && !one.seen_by).length;

// Looks the copies up in the issuer's list. The card is as bad as its worst copy: the city never stops one alone.
export async function refresh(card) {
  const copies = await store.copiesOf(card.id);
  const keys = await issuerKeys(card.issuer);
  const found = new Set();
  for (const uri of new Set(copies.map((one) => one.status.uri))) {
    const indexes = copies.filter((one) => one.status.uri === uri).map((one) => one.status.idx);
    (await look(uri, indexes, keys)).forEach((one) => found.add(one));
  }
  const state = ["revoked", "suspended"].find((one) => found.has(one)) || (copies.some(usable) ? "valid" : "expired");
  const now = { ...card, state, keys, looked: new Date().toISOString() };
  await store.changeCard(now);
  return now;
}

// The copy for this verifier: the one it has seen before, else one nobody has seen, else the one seen longest ago.
// So two verifiers cannot find out together that the same person came to both, as long as there are copies.
export const copyFor = (card, verifier) => store.alone(async () => {
  const copies = (await store.copiesOf(card.id)).filter(usable);
  const oldest = [...copies].sort((one, other) => (one.seen_at < other.seen_at ? -1 : 1))[0];
  const copy = copies.find((one) => one.seen_by === verifier) || copies.find((one) => !one.seen_by) || oldest;
  if (!copy) throw new Error("salinan_habis");
  await store.changeCopy({ ...copy, seen_by: verifier, seen_at: new Date().toISOString() });
  return { ...copy, opened: await open(copy.text) };
});
