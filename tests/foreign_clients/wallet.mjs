// A wallet made of other people's packages. It reads commands (JSON, one a line) and answers each with one line.
//   node wallet.mjs BASE
// {do: "resolve", offer} {do: "redeem", tx_code} {do: "accept", offer, tx_code, count} {do: "replay"} {do: "present", request, claims} {do: "verify"}
import { randomBytes, webcrypto } from "node:crypto";
import { createInterface } from "node:readline";
import { clientAuthenticationAnonymous, setGlobalConfig } from "@openid4vc/oauth2";
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { Openid4vpClient } from "@openid4vc/openid4vp";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import * as jose from "jose";

setGlobalConfig({ allowInsecureUrls: true }); // http on loopback
const [base] = process.argv.slice(2);
const keys = new Map(); // thumbprint -> private key
const held = { copies: [] };

const published = async () => (await (await fetch(`${base}/.well-known/jwt-vc-issuer`)).json()).jwks.keys;
const cityKey = async (kid) => (await published()).find((one) => one.kid === kid);

const callbacks = {
  fetch, generateRandom: (length) => randomBytes(length), clientAuthentication: clientAuthenticationAnonymous(),
  hash: async (data, algorithm) => new Uint8Array(await webcrypto.subtle.digest(algorithm, data)),
  signJwt: async (signer, { header, payload }) => {
    const jwt = await new jose.SignJWT(payload).setProtectedHeader(header).sign(keys.get(await jose.calculateJwkThumbprint(signer.publicJwk)));
    return { jwt, signerJwk: signer.publicJwk };
  },
  verifyJwt: async ({ x5c }, { compact }) => {
    const pem = `-----BEGIN CERTIFICATE-----\n${x5c[0].replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----`;
    try {
      const key = await jose.importX509(pem, "ES256", { extractable: true });
      await jose.compactVerify(compact, key, { algorithms: ["ES256"] });
      return { verified: true, signerJwk: await jose.exportJWK(key) };
    } catch { return { verified: false }; }
  },
  getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }), // the library wants it for x509_hash too
  decryptJwe: async () => ({ decrypted: false }), encryptJwe: async () => { throw new Error("not used"); },
};
const issuing = new Openid4vciClient({ callbacks });
const presenting = new Openid4vpClient({ callbacks });

async function newKey() {
  const { publicKey, privateKey } = await jose.generateKeyPair("ES256", { extractable: true });
  const jwk = await jose.exportJWK(publicKey);
  keys.set(await jose.calculateJwkThumbprint(jwk), privateKey);
  return jwk;
}

const proofFor = async (publicJwk, nonce) => (await issuing.createCredentialRequestJwtProof({
  issuerMetadata: held.metadata, credentialConfigurationId: held.configuration, nonce,
  signer: { method: "jwk", alg: "ES256", publicJwk } })).jwt;
const credentials = (jwts) => issuing.retrieveCredentials({ issuerMetadata: held.metadata, accessToken: held.token,
  credentialConfigurationId: held.configuration, proofs: { jwt: jwts } });

async function resolve({ offer }) {
  held.offer = await issuing.resolveCredentialOffer(offer);
  held.metadata = await issuing.resolveIssuerMetadata(held.offer.credential_issuer);
  [held.configuration] = held.offer.credential_configuration_ids;
  return { version: held.metadata.originalDraftVersion };
}

async function redeem({ tx_code: txCode }) {
  const granted = await issuing.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: held.offer, issuerMetadata: held.metadata, txCode });
  held.token = granted.accessTokenResponse.access_token;
  return {};
}

async function accept({ offer, tx_code, count = 2 }) {
  const { version } = await resolve({ offer });
  await redeem({ tx_code });
  const { c_nonce: nonce } = await issuing.requestNonce({ issuerMetadata: held.metadata });
  const jwks = await Promise.all(Array.from({ length: count }, newKey));
  held.proofs = await Promise.all(jwks.map((jwk) => proofFor(jwk, nonce)));
  const { credentialResponse } = await credentials(held.proofs);
  held.copies = credentialResponse.credentials.map((one) => one.credential);
  return { version, copies: held.copies, claims: Object.keys(await claimsOf(held.copies[0])) };
}

// The same proofs once more, with the same token.
const replay = async () => ({ copies: (await credentials(held.proofs)).credentialResponse.credentials.length });

async function judge(copy) {
  const payload = jose.decodeJwt(copy.split("~")[0]);
  const holder = keys.get(await jose.calculateJwkThumbprint(payload.cnf.jwk));
  return new SDJwtVcInstance({
    hasher: digest, hashAlg: "sha-256", saltGenerator: generateSalt, kbSignAlg: "ES256",
    kbSigner: await ES256.getSigner(await jose.exportJWK(holder)), kbVerifier: await ES256.getVerifier(payload.cnf.jwk),
    verifier: async (data, signature) => (await ES256.getVerifier(await cityKey(jose.decodeProtectedHeader(copy.split("~")[0]).kid)))(data, signature),
    statusVerifier: async (data, signature) => (await ES256.getVerifier((await published())[0]))(data, signature),
    statusListFetcher: async (uri) => (await fetch(uri, { headers: { Accept: "application/statuslist+jwt" } })).text(),
  });
}
const claimsOf = async (copy) => (await judge(copy)).getClaims(copy);

// The judge of others on what we issued: signature, digests, status by the list it fetches itself.
async function verify({ copy = 0 }) {
  const { payload } = await (await judge(held.copies[copy])).verify(held.copies[copy]);
  return { vct: payload.vct, name: payload.name };
}

// Answers a verifier's request; `claims` lets go of these instead of what was asked.
async function present({ request, claims, copy = 0 }) {
  const parsed = presenting.parseOpenid4vpAuthorizationRequest({ authorizationRequest: request });
  const resolved = await presenting.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params });
  const asked = resolved.authorizationRequestPayload;
  const [query] = resolved.dcql.query.credentials;
  const names = claims ?? query.claims.map((one) => one.path.join("."));
  const instance = await judge(held.copies[copy]);
  const frame = Object.fromEntries(names.map((one) => [one, true]));
  const shown = await instance.present(held.copies[copy], frame,
    { kb: { payload: { iat: Math.floor(Date.now() / 1000), aud: asked.client_id, nonce: asked.nonce } } });
  const made = await presenting.createOpenid4vpAuthorizationResponse({ authorizationRequestPayload: asked,
    authorizationResponsePayload: { vp_token: { [query.id]: [shown] } } });
  const sent = await presenting.submitOpenid4vpAuthorizationResponse({ authorizationRequestPayload: asked,
    authorizationResponsePayload: made.authorizationResponsePayload });
  const body = await sent.response.json().catch(() => ({}));
  return { status: sent.response.status, body, names, client: resolved.client.prefix };
}

const why = (error) => error.errorResponse?.error || error.response?.credentialErrorResponseResult?.data?.error
  || error.cause?.errorResponse?.error || "";
const acts = { resolve, redeem, accept, replay, present, verify };
for await (const line of createInterface({ input: process.stdin })) {
  const { do: act, ...words } = JSON.parse(line);
  let said;
  try { said = { ok: true, ...(await acts[act](words)) }; } catch (error) { said = { ok: false, error: why(error), message: String(error.message).slice(0, 500) }; }
  console.log(JSON.stringify(said));
}
