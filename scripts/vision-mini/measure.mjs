// Measures `vision-mini`: probe, fine-tuning and a fair run from scratch at 20 images per class, ten paired draws of
// three datasets. Writes assets/vision-mini/transfer.json; resumes after a stop.
//
//   node scripts/build.mjs && node scripts/vision-mini/measure.mjs FOLDER [--draws 10] [--only SET] [--threads N]
//
// FOLDER holds data/hymenoptera, data/catdog and data/cifar10_subset (see their own SOURCE files).
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openData, train } from "../../dist/index.js";
import { draw } from "../measure/draws.mjs";
import { meanInterval } from "../measure/statistics.mjs";
import { startProgram } from "../start-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data"],
  options: {
    draws: { type: "number", default: 10, about: "draws of the training pictures" },
    only: { type: "string", about: "only this set" },
    threads: { type: "number", about: "threads of a run (default all cores)" },
  },
});
const [folder] = positionals;
const { draws } = values;
const facts = JSON.parse(readFileSync(join(root, "assets/vision-mini/facts.json"), "utf8"));
const file = join(root, "assets/vision-mini/transfer.json");
const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
// Figures of other weights do not count.
const table =
  before?.sha256 === facts.sha256 ? before : { sha256: facts.sha256, train: 20, validation: 10, runs: {} };

for (const name of ["hymenoptera", "catdog", "cifar10_subset"]) {
  if (values.only !== undefined && values.only !== name) continue;
  const dataset = await openData(join(folder, "data", name));
  table.runs[name] ??= [];
  const runs = table.runs[name];
  for (let seed = runs.length; seed < draws; seed++) {
    const out = mkdtempSync(join(tmpdir(), "engraft-measure-"));
    const result = await train(draw(dataset, { seed, train: table.train, validation: table.validation }), {
      base: "vision-mini",
      strategy: "finetune",
      baselines: true,
      seeds: 1,
      seed,
      ...(values.threads !== undefined && { threads: values.threads }),
      out: join(out, "run"),
    });
    rmSync(out, { recursive: true, force: true });
    runs.push({
      seed,
      n: result.test.n,
      probe: result.baselines.probe.test.accuracy,
      finetune: result.test.accuracy,
      scratch: result.baselines.scratch.test.accuracy,
      seconds: { finetune: result.seconds.training, scratch: result.baselines.scratch.seconds },
    });
    console.log(name, JSON.stringify(runs.at(-1)));
    writeFileSync(file, `${JSON.stringify(table, undefined, 1)}\n`);
  }
}
for (const [name, runs] of Object.entries(table.runs)) {
  const gain = (key) => meanInterval(runs.map((r) => r[key] - r.scratch));
  console.log(name, "fine-tuning over scratch", gain("finetune"), "probe over scratch", gain("probe"));
}
