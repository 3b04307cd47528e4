// Whether a copy is still good: the issuer's public list (IETF Token Status List). The whole list is fetched, so nobody
// learns whose state is looked up.
import { fromBase64url, read, seconds, signedBy } from "./codec.js";

const STATES = ["valid", "revoked", "suspended"];

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The state of each index of one list. Raises when the list cannot be fetched, is forged or has run out.
export async function look(uri, indexes, keys) {
  const answer = await fetch(uri, { headers: { Accept: "application/statuslist+jwt" }, cache: "no-cache", credentials: "omit" });
  if (!answer.ok) throw new Error("daftar");
  const token = read(await answer.text());
  const { sub, exp, status_list: list } = token.payload;
  const right = token.header.typ === "statuslist+jwt" && sub === uri && !(exp < seconds()) && (await signedBy(token, keys));
  if (!right) throw new Error("daftar");
  const bytes = await inflate(fromBase64url(list.lst));
  const each = 8 / list.bits;
  return indexes.map((idx) => STATES[(bytes[Math.floor(idx / each)] >> ((idx % each) * list.bits)) & (2 ** list.bits - 1)] || "revoked");
}
