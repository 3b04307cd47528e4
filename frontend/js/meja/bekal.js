// What the desk takes along: passes, keys and status lists, kept where the service worker keeps pages for offline use.
import { read, seconds } from "../dompet/codec.js";
import { listOf } from "./check.js";

export const SHELL = "meja-luring-1";

// Fetches everything anew. False when there is no network, or nobody who may: then what is here is used.
export async function renew(where) {
  if (!("caches" in globalThis)) return false;
  try {
    const kept = await caches.open(SHELL);
    const answer = await fetch(where, { cache: "no-store", redirect: "error" });
    if (!answer.ok) return false;
    const { lists } = await answer.clone().json();
    const fetched = await Promise.all(lists.map((uri) => fetch(uri, { cache: "no-cache", credentials: "omit" })));
    if (!fetched.every((one) => one.ok)) return false;
    await Promise.all([kept.put(where, answer), ...lists.map((uri, at) => kept.put(uri, fetched[at]))]);
    return true;
  } catch {
    return false;
  }
}

// What is here: {at, city, desks, lists}, or null. Desks whose pass has run out are left out.
export async function provisions(where) {
  const kept = "caches" in globalThis ? await caches.open(SHELL) : null;
  const found = await kept?.match(where);
  if (!found) return null;
  const { at, issuer, vct, keys, lists, desks } = await found.json();
  const texts = await Promise.all(lists.map(async (uri) => [uri, await (await kept.match(uri))?.text()]));
  const opened = texts.filter(([, text]) => text).map(([uri, text]) => listOf(text, uri, keys).catch(() => null));
  return {
    at, city: { issuer, vct, keys }, lists: (await Promise.all(opened)).filter(Boolean),
    desks: desks.map(({ pass, paths }) => ({ pass, paths, ...read(pass).payload })).filter((one) => one.exp > seconds()),
  };
}
