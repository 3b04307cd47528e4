// Answering a desk that has no network: its question is a pass that the city signed and a nonce of its own; the answer
// is a code that only this desk takes, only now.
import { pack } from "../presentation.js";
import { read, seconds, signedBy } from "./codec.js";
import { Denied } from "./issuer.js";
import { nameOf, present } from "./sdjwt.js";

const QUESTION = /^PASTI-TANYA1:([\w.-]+):([\w-]{22})$/;

export const readDesk = (said) => { const found = QUESTION.exec(said.trim()); return found && { pass: found[1], nonce: found[2] }; };

// `keys` are the city's, as this device last saw them. Without the right one the pass is read, and said to be unchecked.
export async function deskQuestion({ pass, nonce }, keys) {
  const token = read(pass);
  const told = token.payload;
  const known = keys.some((one) => one.kid === token.header.kid);
  if (token.header.typ !== "pasti-desk+jwt" || !(told.exp > seconds()) || (known && !(await signedBy(token, keys))))
    throw new Denied("permintaan_salah");
  const match = (name, path) => nameOf(path) === name || path.at(-1) === name;
  return {
    who: { id: `${told.agency || ""}/${told.name}`, name: told.name, agency: told.agency, purpose: told.purpose, basis: told.legal_basis },
    unchecked: !known,
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
