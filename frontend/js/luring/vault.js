// What the device keeps: IndexedDB, every record sealed with AES-GCM. The key lives in this tab alone, once it is open.
//
// The data key is random. It lies in the store twice wrapped: by a key made from the pass phrase (PBKDF2), and around
// that by a key of this browser that cannot be taken out (decision 15).
import { database, seal, sealed, unseal, unsealed } from "../sealed.js";

const NAME = "siap-luring";
const ROUNDS = 600000; // PBKDF2-HMAC-SHA-256, OWASP 2023
const TRIES = 10;
const text = new TextEncoder();

let key;

const { within, wipe: erase } = database(NAME, (base) => {
  base.createObjectStore("kunci");
  base.createObjectStore("isi");
  base.createObjectStore("antrean", { keyPath: "urut", autoIncrement: true });
}, () => { key = undefined; });

const phraseKey = async (phrase, salt) =>
  crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", iterations: ROUNDS, salt },
    await crypto.subtle.importKey("raw", text.encode(phrase.normalize("NFC")), "PBKDF2", false, ["deriveKey"]),
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
const keep = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

export const device = async () => (await within("kunci", "readonly", (s) => s.get("perangkat"))) || null;
export const isOpen = () => Boolean(key);

export async function create(phrase, about) {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const own = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const inner = await seal(await phraseKey(phrase, salt), raw);
  const outer = await seal(own, inner.bytes);
  key = await keep(raw);
  raw.fill(0);
  await within("kunci", "readwrite", (s) => s.put({ ...about, salt, own, inner: inner.iv, outer, tries: 0 }, "perangkat"));
}

// True when the phrase was right; false when not; the tenth wrong one in a row wipes the store.
export async function unlock(phrase) {
  const kept = await device();
  if (!kept) return false;
  try {
    const middle = await unseal(kept.own, kept.outer);
    const raw = await unseal(await phraseKey(phrase, kept.salt), { iv: kept.inner, bytes: middle });
    key = await keep(raw);
    await within("kunci", "readwrite", (s) => s.put({ ...kept, tries: 0 }, "perangkat"));
    return true;
  } catch {
    if (kept.tries + 1 >= TRIES) await wipe();
    else await within("kunci", "readwrite", (s) => s.put({ ...kept, tries: kept.tries + 1 }, "perangkat"));
    return false;
  }
}

export async function wipe() {
  key = undefined;
  await erase();
  for (const name of await caches.keys()) if (name.startsWith("siap-luring")) await caches.delete(name);
}

const pack = (value) => sealed(key, value);
const unpack = (record) => unsealed(key, record);

export async function put(name, value) {
  const record = await pack(value);
  await within("isi", "readwrite", (s) => s.put(record, name));
}
export async function get(name) {
  const record = await within("isi", "readonly", (s) => s.get(name));
  return record ? unpack(record) : null;
}

// The queue: the order is open, what is in it is sealed. A photograph lies beside its act, sealed too.
export async function enqueue(act, photo) {
  const row = { isi: await pack(act) };
  if (photo) row.foto = await seal(key, await photo.arrayBuffer());
  return within("antrean", "readwrite", (s) => s.add(row));
}
export async function queue() {
  const rows = await within("antrean", "readonly", (s) => s.getAll());
  return Promise.all(rows.map(async (row) => ({ urut: row.urut, photo: Boolean(row.foto), ...(await unpack(row.isi)) })));
}
export async function photoOf(urut) {
  const row = await within("antrean", "readonly", (s) => s.get(urut));
  return row?.foto ? unseal(key, row.foto) : null;
}
export async function change(urut, act) {
  const row = await within("antrean", "readonly", (s) => s.get(urut));
  if (!row) return;
  const { urut: _number, photo: _has, ...rest } = act;
  row.isi = await pack(rest);
  if (rest.state === "done") delete row.foto;
  await within("antrean", "readwrite", (s) => s.put(row));
}
export const drop = (urut) => within("antrean", "readwrite", (s) => s.delete(urut));
