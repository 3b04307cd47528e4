// What the wallet keeps, in IndexedDB: cards, their copies, receipts. Every record is sealed with AES-GCM; the key that
// opens them and the keys of the copies are made here and cannot be taken out of the browser, not even by this program.
import { database, done, sealed, unsealed } from "../sealed.js";

const NAME = "pasti-dompet";
const { within, wipe: erase } = database(NAME, (base) => {
  base.createObjectStore("kunci");
  base.createObjectStore("kartu", { keyPath: "id" });
  base.createObjectStore("salinan", { keyPath: "id" }).createIndex("kartu", "kartu");
  base.createObjectStore("kuitansi", { keyPath: "urut", autoIncrement: true });
});

let sealing;
function sealKey() {
  sealing ||= (async () => {
    const kept = await within("kunci", "readonly", (keys) => done(keys.get("segel")));
    if (kept) return kept;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Two tabs at once: the first to write wins.
    return within("kunci", "readwrite", async (keys) => {
      const first = await done(keys.get("segel"));
      if (!first) keys.put(made, "segel");
      return first || made;
    });
  })();
  return sealing;
}

const seal = async (value) => sealed(await sealKey(), value);
const unseal = async (record) => unsealed(await sealKey(), record);

const opened = (rows) => Promise.all(rows.map(async ({ isi, ...open }) => ({ ...open, ...(await unseal(isi)) })));

// One tab at a time does what takes a copy: two at once would show the same one to two verifiers.
export const alone = (act) => (navigator.locks ? navigator.locks.request(NAME, act) : act());

export const cards = async () => opened(await within("kartu", "readonly", (all) => done(all.getAll())));
export const copiesOf = async (card) =>
  opened(await within("salinan", "readonly", (all) => done(all.index("kartu").getAll(card))));

// Puts a card and its copies in; `instead` names cards that they replace. All or nothing.
export async function putCard(card, copies, instead = []) {
  const { id, ...about } = card;
  const row = { id, isi: await seal(about) };
  const rows = await Promise.all(copies.map(async ({ id: own, key, ...rest }) => ({ id: own, kartu: id, key, isi: await seal(rest) })));
  await within(["kartu", "salinan"], "readwrite", async (all, copiesHere) => {
    for (const old of instead) await remove(all, copiesHere, old);
    all.put(row);
    rows.forEach((one) => copiesHere.put(one));
  });
  navigator.storage?.persist?.();
}

export async function changeCard({ id, ...about }) {
  const isi = await seal(about);
  await within("kartu", "readwrite", async (all) => { if (await done(all.get(id))) all.put({ id, isi }); });
}

export async function changeCopy({ id, kartu, key, ...rest }) {
  const isi = await seal(rest);
  await within("salinan", "readwrite", async (all) => { if (await done(all.get(id))) all.put({ id, kartu, key, isi }); });
}

async function remove(all, copies, id) {
  all.delete(id);
  for (const own of await done(copies.index("kartu").getAllKeys(id))) copies.delete(own);
}
export const removeCard = (id) =>
  within(["kartu", "salinan"], "readwrite", (all, copies) => remove(all, copies, id));

export async function addReceipt(receipt) {
  const isi = await seal(receipt);
  await within("kuitansi", "readwrite", (all) => all.add({ isi }));
}

// Receipts before number `before`, newest first, at most `count`.
export async function receipts(before = Infinity, count = 20) {
  const rows = await within("kuitansi", "readonly", (all) => new Promise((resolve, reject) => {
    const found = [];
    const request = all.openCursor(before === Infinity ? null : IDBKeyRange.upperBound(before, true), "prev");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      if (request.result && found.push(request.result.value) < count) request.result.continue();
      else resolve(found);
    };
  }));
  return opened(rows);
}

// Everything: cards, keys, receipts.
export async function wipe() {
  sealing = undefined;
  await erase();
}
