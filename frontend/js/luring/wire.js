// Talking to the server: JSON, the token of the session, problems as errors; and files in pieces.
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || "");
    this.status = status;
    this.code = (body.type || "").replace("/masalah/", "");
    this.body = body;
  }
}
let csrf = "";

export async function ask(path, { method = "GET", json, bytes, headers = {} } = {}) {
  if (method !== "GET" && !csrf) await enter();
  const answer = await fetch(path, {
    method, cache: "no-store", credentials: "same-origin", body: bytes ?? (json && JSON.stringify(json)),
    headers: { ...(json && { "Content-Type": "application/json" }), ...(method !== "GET" && { "X-CSRFToken": csrf }), ...headers },
  });
  if (answer.status === 204) return null;
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  const body = isJson ? await answer.json() : {};
  if (!answer.ok) {
    if (answer.status === 403) csrf = ""; // the session changed: the next request asks for a new token
    throw new Problem(answer.status, body);
  }
  return body;
}

export async function enter() {
  const who = await ask("/siap-pak-rt/sinkron/masuk/");
  csrf = who.csrf;
  return who;
}

const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");

// Sends a file in pieces and returns the number of the proof. Call it again after a cut: it goes on where it stopped.
export async function upload(bytes, { clientId, name, tell = () => {} }) {
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const begun = { client_id: clientId, name: name.slice(0, 150), size: bytes.byteLength, sha256 };
  const state = await ask("/siap-pak-rt/sinkron/unggahan/", { method: "POST", json: begun });
  if (state.attachment) return state.attachment;
  const path = `/siap-pak-rt/sinkron/unggahan/${state.id}/`;
  let { offset } = state;
  for (let again = 0; offset < bytes.byteLength; ) {
    tell(Math.round((100 * offset) / bytes.byteLength));
    try {
      const piece = bytes.slice(offset, offset + state.piece);
      ({ offset } = await ask(path, { method: "PUT", bytes: piece, headers: { "Upload-Offset": String(offset) } }));
      again = 0;
    } catch (problem) {
      if (problem.status !== 409 || again++ > 5) throw problem;
      offset = problem.body.offset; // another window was faster, or an answer was lost: go on from the true place
    }
  }
  tell(100);
  return (await ask(`${path}selesai/`, { method: "POST", json: {} })).attachment;
}
