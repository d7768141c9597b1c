// The table of docs/results.md: probe and fine-tuning of real bases on image sets, several seeds.
// `npm run results -- SHARED_FOLDER` measures what is missing in docs/results.json and writes the page anew;
// `--adapt` does so for the adaptation table, `--adapt --check` measures what docs/adaptation.csv expects and compares.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openData, train } from "../dist/index.js";
import { realBases } from "./measure/bases.mjs";
import { draw } from "./measure/draws.mjs";
import { writeResults } from "./measure/results-page.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [folder, ...rest] = process.argv.slice(2);
if (!folder)
  throw new Error(
    "usage: npm run results -- FOLDER [--only BASE/DATA] [--seeds 3] [--threads N] [--adapt [--check]] (FOLDER holds data/ and models/)",
  );
const { values } = parseArgs({
  args: rest,
  options: {
    only: { type: "string", default: "" },
    seeds: { type: "string" },
    threads: { type: "string" },
    adapt: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const { only } = values;
if (values.check && !values.adapt)
  throw new Error("--check is for --adapt: docs/adaptation.csv has the expected values");
if (values.check) {
  const { checkAdaptation } = await import("./measure/adaptation-check.mjs");
  const seeds = values.seeds && Array.from({ length: Number(values.seeds) }, (_, i) => i);
  const holds = await checkAdaptation(root, folder, { seeds, only, threads: Number(values.threads ?? 1) });
  process.exit(holds ? 0 : 1);
}
if (values.adapt) {
  const { measureAdaptation } = await import("./measure/adaptation.mjs");
  const seeds = Array.from({ length: Number(values.seeds ?? 5) }, (_, i) => i);
  await measureAdaptation(root, folder, { seeds, only, threads: Number(values.threads ?? 1) });
  process.exit(0);
}

const bases = realBases(folder);
const sets = ["hymenoptera", "catdog", "cifar10_subset"];
/** Sets of which a part is drawn by the seed, pictures a class; of the others all are used. */
const drawn = { cifar10_subset: { train: 25, validation: 10 } };
const seeds = Array.from({ length: Number(values.seeds ?? 3) }, (_, i) => i);
const file = join(root, "docs/results.json");
const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
for (const set of sets) {
  for (const [base, options] of Object.entries(bases)) {
    if (!`${base}/${set}`.includes(only)) continue;
    for (const seed of seeds) {
      if (rows.some((r) => r.base === base && r.set === set && r.seed === seed)) continue;
      const out = mkdtempSync(join(tmpdir(), "engraft-results-"));
      // Two runs on one split; the second finds the first one's features in the cache.
      const common = { ...options, seed, ...(values.threads && { threads: Number(values.threads) }) };
      const source = join(folder, "data", set);
      const data = drawn[set] ? draw(await openData(source), { seed, ...drawn[set] }) : source;
      const probe = await train(data, {
        ...common,
        strategy: "probe",
        out: join(out, "probe"),
      });
      const tuned = await train(data, {
        ...common,
        strategy: "finetune",
        out: join(out, "finetune"),
      });
      rmSync(out, { recursive: true, force: true });
      rows.push({
        base,
        set,
        seed,
        n: tuned.test.n,
        train: tuned.split.train,
        probe: probe.test.accuracy,
        finetune: tuned.test.accuracy,
        epochs: tuned.epochs,
        best_epoch: tuned.best_epoch,
        seconds: { probe: probe.seconds.total, finetune: tuned.seconds.total },
      });
      console.log(JSON.stringify(rows.at(-1)));
      writeFileSync(file, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
      writeResults(root, rows);
    }
  }
}
writeResults(root, rows);
