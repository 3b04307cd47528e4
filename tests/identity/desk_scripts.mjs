// Lets the scripts of the offline desk work outside of a browser: reads one JSON object, prints one.
import { readFileSync } from "node:fs";
import { Broken, judge, listOf } from "../../frontend/js/meja/check.js";
import { pack, unpack } from "../../frontend/js/presentation.js";

const { cases, desk, nonce, city, now, uri, list } = JSON.parse(readFileSync(0, "utf8"));
const kept = await listOf(list, uri, city.keys);
const statusAt = async (where, idx) => {
  if (where !== uri) throw new Broken("status-unknown");
  return kept.at(idx);
};
const judged = [];
for (const text of cases) {
  judged.push(await judge(text, { desk, nonce, city, statusAt, now }).then((shown) => ({ shown }), (error) => ({ cause: error.code || String(error) })));
}
const packed = await pack(cases[0]);
const damaged = await Promise.all([packed.slice(0, 40), "PASTI-JAWAB1:zz", packed.toLowerCase()].map((one) => unpack(one).then(() => false, () => true)));
console.log(JSON.stringify({ judged, packed, same: (await unpack(packed)) === cases[0], damaged, exp: kept.exp }));
