// Measures every method of adaptation on small parts of three shifts, and the default on four more. Runs in docs/adaptation-methods.json are skipped.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapt } from "../../dist/index.js";
import { adaptations } from "../../dist/methods/adapt/index.js";
import { chooseMap } from "../../dist/regimes/adaptation/solve-maps.js";
import { epochs } from "./adaptation-page.mjs";
import { reviews } from "./domains.mjs";
import { listOf, subsets } from "./subsets.mjs";

/** Digits of each class for training and validation, and most for test. */
const drawn = { train: 85, validation: 15, most: 1000 };
/** The same in a run that takes seconds. */
const fewest = { train: 8, validation: 2, most: 40 };

/** Methods that learn from a source and have no other name. */
const names = Object.keys(adaptations).filter((name) => !adaptations[name].means && !adaptations[name].free);
/** Methods that choose a map: one run of "auto" measures all of them, since it solves all maps. */
const maps = names.filter((name) => adaptations[name].maps);
const trained = names.filter((name) => !adaptations[name].maps && name !== "source-only");

/** Source, target, options of the trainings, and methods of each shift. */
const shifts = [
  ["mnist", "usps", { base: "lenet", epochs }, ["auto", ...trained]],
  ["usps", "mnist", { base: "lenet", epochs }, ["auto", ...trained]],
  ["books", "kitchen", {}, ["auto", ...trained]],
  ["mnist", "mnist_m", {}, ["auto"]],
  ["kitchen", "books", {}, ["auto"]],
  ["dvd", "electronics", {}, ["auto"]],
  ["electronics", "dvd", {}, ["auto"]],
];

const round = (x) => Number(x.toFixed(4));

/** Returns the rows of one run: its method beside source-only of the same network. */
function rowsOf(run, method, row) {
  const plain = { ...row, source_only: round(run.source_only.test.accuracy) };
  if (method !== "auto") return [{ ...plain, method, accuracy: round(run.test.accuracy) }];
  // A method with one map chooses by the same rule among source-only and that map.
  const [sourceOnly, ...others] = run.candidates;
  return maps.flatMap((name) => {
    const own = others.filter(({ map }) => adaptations[name].maps.includes(map.name));
    // A base of texts has no BatchNormalization.
    if (own.length === 0) return [];
    return { ...plain, method: name, accuracy: round(chooseMap([sourceOnly, ...own]).target_accuracy) };
  });
}

/** Measures missing runs one after the other. @param smallest true for a run of seconds that writes nothing */
export async function measureMethods(root, folder, { seeds, only = "", threads, smallest, onRow }) {
  const file = join(root, "docs/adaptation-methods.json");
  const rows = existsSync(file) && !smallest ? JSON.parse(readFileSync(file, "utf8")) : [];
  const cache = join(root, ".cache");
  const digits = (set, seed) =>
    listOf(folder, join(cache, "results"), set, { seed, ...(smallest ? fewest : drawn) });
  const domain = (name, seed) =>
    name in subsets
      ? digits(name, seed)
      : reviews(join(folder, "data/amazon_reviews"), name, join(cache, "domains"));
  for (const seed of seeds)
    for (const [source, target, options, methods] of shifts)
      for (const method of methods) {
        const shift = `${source} → ${target}`;
        if (smallest && !(source in subsets)) continue;
        if (!`${source}/${target}/${method}`.includes(only)) continue;
        if (rows.some((r) => r.shift === shift && r.method === method && r.seed === seed)) continue;
        const out = mkdtempSync(join(tmpdir(), "engraft-adaptation-"));
        const run = await adapt(await domain(source, seed), await domain(target, seed), {
          ...(method === "auto" ? {} : options),
          ...(smallest && method !== "auto" && { epochs: 1 }),
          method,
          seed,
          threads,
          out: join(out, "run"),
        });
        rmSync(out, { recursive: true, force: true });
        const own = rowsOf(run, method, {
          shift,
          seed,
          train: run.source.split.train,
          n: run.test.n,
          base: run.base.name,
          seconds: Math.round(run.seconds.total),
        });
        rows.push(...own);
        for (const row of own) console.log(JSON.stringify(row));
        if (smallest) continue;
        writeFileSync(file, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
        onRow();
      }
}
