// Answering a verifier that has a network, by OpenID for Verifiable Presentations 1.0: request by reference, DCQL,
// direct_post. A question is {who, pick(card), enough(ids), answer(opened, key, names), decline()}.
import { read, seconds, signingCertificate } from "./codec.js";
import { Denied, here } from "./issuer.js";
import { nameOf, present } from "./sdjwt.js";

const REGISTERED = "pasti-verifier";

// Where a request lies, from what a QR code, a link or pasted text says; null when it says something else.
export function readRequestLink(said) {
  if (!said.includes("?")) return null;
  const query = new URLSearchParams(said.slice(said.indexOf("?") + 1));
  const uri = query.get("request_uri");
  return uri && query.get("client_id") ? { uri, client: query.get("client_id") } : null;
}

// The request itself, signed by the certificate that its client_id names. It must come from this city and answer to it,
// for the city's register hands out requests of registered verifiers only.
export async function fetchQuestion({ uri, client }) {
  here(uri);
  const answer = await fetch(uri, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Denied([404, 410].includes(answer.status) ? "permintaan_berakhir" : "permintaan_salah");
  const token = read((await answer.text()).trim());
  const request = token.payload;
  const right = token.header.typ === "oauth-authz-req+jwt" && request.client_id === client && !(request.exp < seconds())
    && client === `x509_hash:${await signingCertificate(token)}` && request.response_type === "vp_token" && request.nonce
    && request.response_mode === "direct_post" && request.dcql_query?.credentials?.length === 1;
  if (!right) throw new Denied("permintaan_salah");
  here(request.response_uri);
  return questionOf(request);
}

export function questionOf(request) {
  const [query] = request.dcql_query.credentials;
  const claims = (query.claims || []).map((one) => ({ id: one.id || nameOf(one.path), name: nameOf(one.path) }));
  const sets = query.claim_sets || [claims.map((one) => one.id)];
  const enough = (ids) => sets.some((set) => set.every((id) => ids.includes(id)));
  return {
    who: whoAsks(request),
    enough,
    // For each claim its name, and whether nothing goes without it. Null: not this card.
    pick(card) {
      if (query.format !== "dc+sd-jwt" || !query.meta?.vct_values?.includes(card.vct)) return null;
      const wanted = claims.filter((one) => card.claims.includes(one.name));
      if (!enough(wanted.map((one) => one.id))) return null;
      return wanted.map(({ id, name }) => ({ id, name, required: sets.every((set) => set.includes(id)) }));
    },
    answer: (opened, key, names) => send(request, query.id, opened, key, names),
    // The counter is told, so that it need not wait.
    decline: () => post(request, { error: "access_denied" }).catch(() => null),
  };
}

// Who asks and why, as the register of verifiers has it.
function whoAsks(request) {
  const told = (request.verifier_info || []).find((one) => one.format === REGISTERED)?.data || {};
  return { id: `${told.agency || ""}/${told.name || request.client_id}`, name: told.name || request.client_metadata?.client_name || request.client_id,
    agency: told.agency || "", purpose: told.purpose || "", basis: told.legal_basis || "" };
}

const post = (request, said) => {
  const body = new URLSearchParams(said);
  if (request.state) body.set("state", request.state);
  return fetch(request.response_uri, { method: "POST", body, credentials: "omit", cache: "no-store" });
};

async function send(request, id, opened, key, names) {
  const shown = await present(opened, names, { audience: request.client_id, nonce: request.nonce, key });
  const got = await post(request, { vp_token: JSON.stringify({ [id]: [shown] }) });
  const said = await got.json().catch(() => ({}));
  if (!got.ok) throw new Denied(said.error || "permintaan_salah", said.error_description);
  return { outcome: "sent", on: said.redirect_uri || "" };
}
