// A relying party on npm `openid-client`, led by lines of JSON on standard input; each is answered by one line.
//
//   node openid.mjs ISSUER CLIENT_ID CLIENT_SECRET PORT
//
// begin {scope, claimless...}  -> {url}          where to send the person; `without` leaves parameters out
// finish {url, verifier?}      -> {claims, info, tokens} the address the person came back with
// refresh {token}              -> {tokens}
// leave {id_token}             -> {url}
// told {}                      -> {sids}         sessions ended by logout tokens that were valid
import http from "node:http";
import readline from "node:readline";
import * as client from "openid-client";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [issuer, id, secret, port] = process.argv.slice(2);
const here = `http://127.0.0.1:${port}`;
const config = await client.discovery(new URL(issuer), id, secret, undefined, {
  execute: [client.allowInsecureRequests],
});
const server = config.serverMetadata();
const keys = createRemoteJWKSet(new URL(server.jwks_uri));
const ended = [];
let begun;

http.createServer(async (request, response) => {
  if (request.method !== "POST") return response.end("<!doctype html><title>Mitra</title><p>Anda kembali.");
  let body = "";
  for await (const part of request) body += part;
  try {
    const token = new URLSearchParams(body).get("logout_token");
    const { payload } = await jwtVerify(token, keys, { issuer: server.issuer, audience: id, typ: "logout+jwt", maxTokenAge: 120 });
    if (!payload.events["http://schemas.openid.net/event/backchannel-logout"] || payload.nonce) throw new Error("not a logout token");
    ended.push(payload.sid);
    response.end();
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
}).listen(Number(port), "127.0.0.1");

const acts = {
  async begin({ scope = "openid profile nik", without = [], change = {} }) {
    begun = { verifier: client.randomPKCECodeVerifier(), state: client.randomState(), nonce: client.randomNonce() };
    const asked = {
      redirect_uri: `${here}/kembali`, scope, state: begun.state, nonce: begun.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(begun.verifier), code_challenge_method: "S256", ...change,
    };
    for (const name of without) delete asked[name];
    return { url: client.buildAuthorizationUrl(config, asked).href };
  },
  async finish({ url, verifier }) {
    const tokens = await client.authorizationCodeGrant(config, new URL(url), {
      pkceCodeVerifier: verifier ?? begun.verifier, expectedState: begun.state, expectedNonce: begun.nonce, idTokenExpected: true,
    });
    const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    return { claims: tokens.claims(), info, tokens };
  },
  async refresh({ token }) {
    return { tokens: await client.refreshTokenGrant(config, token) };
  },
  async leave({ id_token }) {
    return { url: client.buildEndSessionUrl(config, { id_token_hint: id_token, post_logout_redirect_uri: `${here}/selesai` }).href };
  },
  async told() {
    return { sids: ended };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { act, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await acts[act](given);
  } catch (error) {
    answer = { error: error.error ?? error.cause?.error ?? error.code ?? error.message, words: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
