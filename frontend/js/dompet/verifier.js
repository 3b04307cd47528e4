// Answering a verifier, by OpenID for Verifiable Presentations 1.0: request by reference, DCQL, direct_post.
import { read } from "./codec.js";
import { Denied, here } from "./issuer.js";
import { nameOf, present } from "./sdjwt.js";

// Where a request lies, from what a QR code, a link or pasted text says; null when it says something else.
export function readRequestLink(said) {
  if (!said.includes("?")) return null;
  const query = new URLSearchParams(said.slice(said.indexOf("?") + 1));
  const uri = query.get("request_uri");
  return uri && query.get("client_id") ? { uri, client: query.get("client_id") } : null;
}

// The request itself. Only this city's register hands out requests to this wallet, so who asks is a registered verifier.
export async function fetchRequest({ uri, client }) {
  here(uri);
  const answer = await fetch(uri, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Denied(answer.status === 404 || answer.status === 410 ? "permintaan_berakhir" : "permintaan_salah");
  const text = (await answer.text()).trim();
  const request = text.startsWith("{") ? JSON.parse(text) : read(text).payload;
  const right = request.client_id === client && request.response_type === "vp_token" && request.nonce
    && request.response_mode === "direct_post" && request.dcql_query?.credentials?.length === 1;
  if (!right) throw new Denied("permintaan_salah");
  here(request.response_uri);
  return request;
}

// What a request asks of a card: for each claim its name, and whether nothing goes without it. Null: not this card.
export function asked(request, card) {
  const [query] = request.dcql_query.credentials;
  if (query.format !== "dc+sd-jwt" || !query.meta?.vct_values?.includes(card.vct)) return null;
  const claims = (query.claims || []).map((one) => ({ id: one.id || nameOf(one.path), name: nameOf(one.path) }));
  const sets = query.claim_sets || [claims.map((one) => one.id)];
  const wanted = claims.filter((one) => card.claims.includes(one.name));
  const have = wanted.map((one) => one.id);
  if (!sets.some((set) => set.every((id) => have.includes(id)))) return null;
  return wanted.map(({ id, name }) => ({ id, name, required: sets.every((set) => set.includes(id)) }));
}

// Whether what the holder lets go is one of the answers the verifier takes.
export function enough(request, ids) {
  const [query] = request.dcql_query.credentials;
  const sets = query.claim_sets || [(query.claims || []).map((one) => one.id || nameOf(one.path))];
  return sets.some((set) => set.every((id) => ids.includes(id)));
}

const answer = (request, said) => {
  const body = new URLSearchParams(said);
  if (request.state) body.set("state", request.state);
  return fetch(request.response_uri, { method: "POST", body, credentials: "omit", cache: "no-store" });
};

// Hands over `names` of the opened copy. Returns where to go on, if the verifier says so. Raises Denied.
export async function send(request, opened, key, names) {
  const [query] = request.dcql_query.credentials;
  const shown = await present(opened, names, { audience: request.client_id, nonce: request.nonce, key });
  const got = await answer(request, { vp_token: JSON.stringify({ [query.id]: [shown] }) });
  const said = await got.json().catch(() => ({}));
  if (!got.ok) throw new Denied(said.error || "permintaan_salah", said.error_description);
  return said.redirect_uri || "";
}

// Tells the verifier that the holder said no, so that the counter need not wait.
export const decline = (request) => answer(request, { error: "access_denied" }).catch(() => null);
