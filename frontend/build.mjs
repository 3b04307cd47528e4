// Builds the style sheet and the scripts into static/dist and holds them to the page budget (gzip).
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const out = new URL("../src/pasti/kernel/ui/static/dist/", import.meta.url);
const BUDGET = {
  "pasti.css": 20, "pasti.js": 15, "live.js": 15, "poll.js": 1, "ews.js": 3, "passkey.js": 3, "luring.js": 25, "dompet.js": 15, "meja.js": 8, "qr.js": 22, "map.js": 60, "map.css": 10,
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const css = sass.compile(new URL("scss/pasti.scss", import.meta.url).pathname, {
  loadPaths: [new URL("node_modules", import.meta.url).pathname],
  quietDeps: true,
  logger: sass.Logger.silent,
}).css.replace(/[^{}]*\{[^{}]*url\(["']?\/assets[^{}]*\}/g, ""); // the crest is not ours
const small = await esbuild.transform(css, { loader: "css", minify: true });
writeFileSync(new URL("pasti.css", out), small.code);

for (const name of ["pasti", "live", "luring", "dompet", "meja", "qr", "map", "passkey", "poll", "ews"]) {
  await esbuild.build({
    entryPoints: [new URL(`js/${name}.js`, import.meta.url).pathname],
    outfile: new URL(`${name}.js`, out).pathname,
    bundle: true, minify: true, format: "esm", target: "es2020", legalComments: "none",
  });
}
const leaflet = readFileSync(new URL("node_modules/leaflet/dist/leaflet.css", import.meta.url), "utf8");
// Its pictures (layers, markers) are not used: no rule may ask for them.
const plain = leaflet.replace(/[^{}]*\{[^{}]*url\([^{}]*\}/g, "");
writeFileSync(new URL("map.css", out), (await esbuild.transform(plain, { loader: "css", minify: true })).code);

let over = false;
for (const [name, limit] of Object.entries(BUDGET)) {
  const size = gzipSync(readFileSync(new URL(name, out)), { level: 9 }).length / 1024;
  over ||= size > limit;
  console.log(`${name.padEnd(10)} ${size.toFixed(1)} KB of ${limit} KB gzip${size > limit ? "  OVER BUDGET" : ""}`);
}
process.exit(over ? 1 : 0);
