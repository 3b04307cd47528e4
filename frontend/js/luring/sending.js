// Bringing the device and the server together: the queue goes first, in its order, from one tab; then what changed comes.
import * as vault from "./vault.js";
import { ask, Problem, upload } from "./wire.js";

export const ENDED = "peran-berakhir";

let running;
let again = false;

// Returns "ok", "offline", "sign-in", "trouble", "busy" or "ended". `tell` is called after each change that can be seen.
// Asked while it runs in this tab, it goes round once more: what was done meanwhile is sent too.
export async function together(tell) {
  if (!vault.isOpen()) return "busy";
  again = Boolean(running);
  running ||= alone(() => untilDone(tell)).finally(() => (running = undefined));
  return running;
}

const alone = (run) => !navigator.locks ? run()
  : navigator.locks.request("siap-luring", { ifAvailable: true }, (lock) => (lock ? run() : "busy"));

async function untilDone(tell) {
  let result;
  do {
    again = false;
    result = await inTurn(tell);
  } while (again && result === "ok");
  return result;
}

async function inTurn(tell) {
  const device = await vault.device();
  if (!device) return "ended";
  const base = `/siap-pak-rt/sinkron/${device.id}/`;
  try {
    // First: is this still the RT head's device, and is it he who is signed in? Only then a photograph leaves it.
    await fetchChanges(base);
    if (await sendAll(base, tell)) await fetchChanges(base);
    return "ok";
  } catch (problem) {
    if (!(problem instanceof Problem)) return "offline";
    if (problem.status === 410) return await ended();
    if (problem.status >= 500) return "trouble";
    return await askState(device.id, [401, 404].includes(problem.status) ? "sign-in" : "trouble");
  }
}

// Nobody is signed in, or somebody else, or the server refused: may this device keep its copy?
async function askState(id, otherwise) {
  try {
    await ask(`/siap-pak-rt/sinkron/keadaan/?perangkat=${id}`);
    return otherwise;
  } catch (problem) {
    return problem.status === 410 ? ended() : "offline";
  }
}

async function ended() {
  await vault.wipe();
  return "ended";
}

async function sendAll(base, tell) {
  const unsent = (await vault.queue()).filter((act) => ["waiting", "sending"].includes(act.state));
  for (const act of unsent) {
    await vault.change(act.urut, { ...act, state: "sending" });
    await tell();
    try {
      await sendOne(base, act);
    } catch (problem) {
      const forGood = problem instanceof Problem && [413, 415, 422].includes(problem.status);
      const state = forGood ? "refused" : "waiting";
      await vault.change(act.urut, { ...act, state, words: problem instanceof Problem ? problem.message : "" });
      if (!forGood) throw problem;
    }
    await tell();
  }
  return unsent.length;
}

async function sendOne(base, act) {
  const photo = await vault.photoOf(act.urut);
  const proofs = photo ? [await upload(photo, { clientId: `foto-${act.client_id}`, name: act.file || "foto.jpg" })] : [];
  const { client_id, kind, data, base: seen, after = "", made_at, sure = false } = act;
  const answer = await ask(`${base}aksi/`, {
    method: "POST", json: { client_id, kind, data, base: String(seen), after, made_at, sure, proofs },
  });
  await vault.change(act.urut, { ...act, ...answer });
}

async function fetchChanges(base) {
  const kept = (await vault.get("rt")) || { cursor: 0, families: {}, letters: {}, reports: {} };
  const news = await ask(`${base}isi/?sejak=${kept.cursor}`);
  for (const kind of ["families", "letters", "reports"]) {
    const before = news.whole ? {} : kept[kind];
    for (const id of news.removed[kind]) delete before[id];
    kept[kind] = { ...before, ...news.changed[kind] };
  }
  await vault.put("rt", { ...kept, cursor: news.cursor, fetched: news.now });
}
