// Passkeys (W3C WebAuthn): asks the browser for one and sends its answer with the form. Without this script, or on a
// device without passkeys, the forms stay hidden and the other ways of signing in are there.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const key = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) } };
  key.excludeCredentials = named(options.excludeCredentials);
  // Always a key that opens the account by itself, behind the device's own lock.
  key.authenticatorSelection = { ...options.authenticatorSelection, residentKey: "required", requireResidentKey: true,
    userVerification: "required" };
  const made = await navigator.credentials.create({ publicKey: key });
  return { ...frame(made), response: {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports ? made.response.getTransports() : [],
  } };
}

async function get(options) {
  const key = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey: key });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return { ...frame(found), response: {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  } };
}

function frame(key) {
  return { type: key.type, id: key.id, rawId: text(key.rawId), authenticatorAttachment: key.authenticatorAttachment,
    clientExtensionResults: key.getClientExtensionResults() };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  return (await answer.json()).request_options;
}

async function answer(form) {
  const said = form.querySelector("[data-passkey-said]");
  said.hidden = true;
  try {
    const { publicKey } = await optionsOf(form);
    const key = await (form.dataset.passkey === "create" ? create(publicKey) : get(publicKey));
    form.querySelector("[name=credential]").value = JSON.stringify(key);
    form.submit();
  } catch {
    said.hidden = false; // put away, or no key here: the words stand in the page, the other ways too
    said.focus();
  }
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.closest("[data-passkey-only]")?.removeAttribute("hidden");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      answer(form);
    });
  });
}
