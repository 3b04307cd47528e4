// Answering a desk that has no network: its question is a pass that the city signed and a nonce of its own; the answer
// is a code that only this desk takes, only now.
import { pack } from "../presentation.js";
import { read, seconds, signedBy } from "./codec.js";
import { Denied } from "./issuer.js";
import { nameOf, present } from "./sdjwt.js";

const QUESTION = /^PASTI-TANYA1:([\w.-]+):([\w-]{22})$/;

export const readDesk = (said) => { const found = QUESTION.exec(said.trim()); return found && { pass: found[1], nonce: found[2] }; };

// `kept` are the city's keys as this device last saw them, `latest` fetches those of now. A pass that no key of the city
// signed is never shown to the holder: anyone can write a name and a purpose.
export async function deskQuestion({ pass, nonce }, kept, latest) {
  const token = read(pass);
  const told = token.payload;
  if (token.header.typ !== "pasti-desk+jwt" || !(told.exp > seconds())) throw new Denied("permintaan_salah");
  const known = kept.some((one) => one.kid === token.header.kid);
  const keys = known ? kept : await latest().catch(() => { throw new Denied("belum_diperiksa"); });
  if (!(await signedBy(token, keys))) throw new Denied("permintaan_salah");
  const match = (name, path) => nameOf(path) === name || path.at(-1) === name;
  return {
    who: { id: `${told.agency || ""}/${told.name}`, name: told.name, agency: told.agency, purpose: told.purpose, basis: told.legal_basis },
    enough: (ids) => told.required.every((one) => ids.includes(one)),
    pick(card) {
      const wanted = told.claims.map((id) => ({ id, name: card.claims.find((one) => match(id, one.split("."))), required: told.required.includes(id) }));
      return wanted.every((one) => one.name || !one.required) ? wanted.filter((one) => one.name) : null;
    },
    async answer(opened, key, names) {
      return { outcome: "shown", code: await pack(await present(opened, names, { audience: told.sub, nonce, key })) };
    },
    decline: async () => null,
  };
}
