// Measures the adaptation table: every method on every shift, with several seeds. Runs in docs/adaptation-runs.json are
// skipped.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapt } from "../../dist/index.js";
import { adaptationTable } from "./adaptation-page.mjs";
import { digits, reviews } from "./domains.mjs";

/** Source, target, and options of each shift; the most informative first. */
export const shifts = [
  ["mnist", "mnist_m", { base: "lenet" }],
  ["usps", "mnist", { base: "lenet" }],
  ["mnist", "usps", { base: "lenet" }],
  ["books", "kitchen", {}],
  ["kitchen", "books", {}],
  ["dvd", "electronics", {}],
  ["electronics", "dvd", {}],
];
const methods = ["dann", "deep-coral", "kliep"];

/** Measures one run of one shift and returns its row. */
export async function measureOne(root, folder, { shift, method }, { seed, threads }) {
  const found = shifts.find(([source, target]) => `${source} → ${target}` === shift);
  if (!found) throw new Error(`there is no shift "${shift}"`);
  const [source, target, options] = found;
  const kept = join(root, ".cache", "domains");
  const domain = (name) =>
    ["mnist", "mnist_m", "usps"].includes(name)
      ? digits(join(folder, "data/digits"), name, kept)
      : reviews(join(folder, "data/amazon_reviews"), name, kept);
  const out = mkdtempSync(join(tmpdir(), "engraft-adaptation-"));
  const run = await adapt(await domain(source), await domain(target), {
    ...options,
    method,
    seed,
    threads,
    out: join(out, "run"),
  });
  rmSync(out, { recursive: true, force: true });
  const round = (x) => Number(x.toFixed(4));
  return {
    shift,
    method,
    seed,
    n: run.test.n,
    source_only: round(run.source_only.test.accuracy),
    accuracy: round(run.test.accuracy),
    oracle: round(run.oracle.target_accuracy),
    trade_off: run.chosen.trade_off ?? null,
    epoch: run.chosen.epoch,
    a_distance: [run.distance.before, run.distance.after].map((d) => round(d.a_distance.value)),
    mmd: [run.distance.before, run.distance.after].map((d) => round(d.mmd.value)),
    seconds: Math.round(run.seconds.total),
  };
}

/** Measures missing runs one after the other, and writes the rows after each. */
export async function measureAdaptation(root, folder, { seeds, only = "", threads }) {
  const file = join(root, "docs/adaptation-runs.json");
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const save = () => {
    writeFileSync(file, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
    adaptationTable(root, rows);
  };
  for (const method of methods)
    for (const seed of seeds)
      for (const [source, target] of shifts) {
        if (!`${source}/${target}/${method}`.includes(only)) continue;
        const shift = `${source} → ${target}`;
        if (rows.some((r) => r.shift === shift && r.method === method && r.seed === seed)) continue;
        rows.push(await measureOne(root, folder, { shift, method }, { seed, threads }));
        console.log(JSON.stringify(rows.at(-1)));
        save();
      }
  save();
}
