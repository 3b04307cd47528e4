// A database of this browser (IndexedDB), and records sealed with AES-GCM: what the wallet and the RT's work without a
// network keep on a device is kept in the same way.
const text = new TextEncoder();

export const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// `make` creates the stores; `letGo` forgets what is held in memory when another tab deletes the database.
export function database(name, make, letGo = () => {}) {
  let opening;
  const open = () => (opening ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => make(request.result);
    request.onsuccess = () => {
      // Another tab deletes it: let go, or it waits for us.
      request.result.onversionchange = () => { request.result.close(); letGo(); location.reload(); };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  }));

  // One transaction over `stores`; what `act` returns, once everything is written.
  async function within(stores, mode, act) {
    const transaction = (await open()).transaction(stores, mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    const told = act(...[stores].flat().map((one) => transaction.objectStore(one)));
    const result = await (told instanceof IDBRequest ? done(told) : told);
    await ended;
    return result;
  }

  async function wipe() {
    if (opening) (await opening).close();
    opening = undefined;
    await done(indexedDB.deleteDatabase(name));
  }

  return { within, wipe };
}

export async function seal(by, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, by, bytes) };
}
export const unseal = (by, { iv, bytes }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, by, bytes);
export const sealed = (by, value) => seal(by, text.encode(JSON.stringify(value)));
export const unsealed = async (by, record) => JSON.parse(new TextDecoder().decode(await unseal(by, record)));
