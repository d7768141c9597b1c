// docs/results.md: probe and fine-tuning of real bases on image sets, and every strategy on small draws, several seeds.
// `npm run results -- SHARED_FOLDER` measures what is missing in docs/results.json and docs/strategies.json, and writes the
// page anew. `--part bases|strategies` does one of them, `--only BASE/SET` less of it. `--check` trains strategies again,
// writes nothing, and fails when an accuracy lies outside docs/strategies-expected.csv. `npm run results -- --write` measures
// nothing: it writes the page anew from the recorded rows.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openData, train } from "../dist/index.js";
import { measureAdaptation, measureOne } from "./measure/adaptation.mjs";
import { checkAdaptation } from "./measure/adaptation-check.mjs";
import { measureMethods } from "./measure/adaptation-methods.mjs";
import { adaptationTable } from "./measure/adaptation-page.mjs";
import { realBases } from "./measure/bases.mjs";
import { measureDistillation } from "./measure/distillation.mjs";
import { draw } from "./measure/draws.mjs";
import { measurePlan } from "./measure/plan.mjs";
import { measureRanking } from "./measure/ranking.mjs";
import { writeResults } from "./measure/results-page.mjs";
import { measureStrategies, readRows } from "./measure/strategies.mjs";
import { unexpected, writeExpected } from "./measure/strategies-page.mjs";
import { measureTexts } from "./measure/texts.mjs";
import { startProgram } from "./start-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const parts = [
  ...["all", "bases", "strategies", "texts", "adaptation", "adaptation-methods", "ranking"],
  ...["plan", "distillation"],
];
const { values, positionals } = startProgram(import.meta.url, {
  takes: "[FOLDER]",
  needs: ["data", "models"],
  smallest: { part: "adaptation-methods", seeds: 1 },
  options: {
    part: { type: "string", default: "all", choices: parts, about: parts.join(", ") },
    only: { type: "string", default: "", about: "only what this names, as in BASE/SET" },
    strategies: { type: "string", about: "strategies, with commas (default all)" },
    seeds: { type: "number", about: "seeds (default those of each part)" },
    threads: { type: "number", about: "threads of a run (default those of each part)" },
    check: { type: "boolean", about: "train again, and compare with what is recorded" },
    write: { type: "boolean", about: "measure nothing: write the page from the recorded rows" },
  },
});
if (!values.write && positionals.length === 0)
  throw new Error("give the FOLDER that holds data/ and models/");
const folder = resolve(positionals[0] ?? ".");
const { only, threads } = values;
const seeds = Array.from({ length: values.seeds ?? 3 }, (_, i) => i);
/** The requested seeds; default: those of each part. */
const asked = values.seeds && seeds;
const basesFile = join(root, "docs/results.json");
const strategiesFile = join(root, "docs/strategies.json");
const expectedFile = join(root, "docs/strategies-expected.csv");
const rows = readRows(basesFile);

/** Probe and fine-tuning of each base on each set. */
async function measureBases() {
  const sets = ["hymenoptera", "catdog", "cifar10_subset"];
  /** Sets of which a part is drawn by the seed, in images per class; other sets are used completely. */
  const drawn = { cifar10_subset: { train: 25, validation: 10 } };
  for (const set of sets) {
    for (const [base, options] of Object.entries(realBases(folder))) {
      if (!`${base}/${set}`.includes(only)) continue;
      for (const seed of seeds) {
        if (rows.some((r) => r.base === base && r.set === set && r.seed === seed)) continue;
        const out = mkdtempSync(join(tmpdir(), "engraft-results-"));
        // Two runs on one split; the second finds the features of the first in the cache.
        const common = { ...options, seed, ...(threads && { threads }) };
        const source = join(folder, "data", set);
        const data = drawn[set] ? draw(await openData(source), { seed, ...drawn[set] }) : source;
        const probe = await train(data, { ...common, strategy: "probe", out: join(out, "probe") });
        const tuned = await train(data, { ...common, strategy: "finetune", out: join(out, "finetune") });
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
        writeFileSync(basesFile, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
        writeResults(root, rows, readRows(strategiesFile));
      }
    }
  }
}

const names = values.strategies?.split(",");
/** Measures every method of adaptation; with `--smallest` it writes nothing. */
const measureEveryMethod = () =>
  measureMethods(root, folder, {
    seeds,
    only,
    threads: threads ?? 1,
    smallest: values.smallest,
    onRow: () => adaptationTable(root, readRows(join(root, "docs/adaptation-runs.json"))),
  });
if (values.smallest) {
  if (values.part !== "adaptation-methods") throw new Error("--smallest is for --part adaptation-methods");
  await measureEveryMethod();
} else if (values.write) {
  writeResults(root, rows, readRows(strategiesFile));
  adaptationTable(root, readRows(join(root, "docs/adaptation-runs.json")));
} else if (values.check && values.part === "adaptation") {
  const measure = (row, seed) => measureOne(root, folder, row, { seed, threads: threads ?? 1 });
  const holds = await checkAdaptation(root, measure, { seeds: asked, only });
  process.exitCode = holds ? 0 : 1;
} else if (values.check) {
  const cache = mkdtempSync(join(tmpdir(), "engraft-check-"));
  try {
    const file = join(cache, "rows.json");
    const again = await measureStrategies({ folder, cache, file, only, seeds: asked, threads, names });
    const wrong = unexpected(expectedFile, again);
    for (const line of wrong) console.error(line);
    console.log(`${again.length} trainings, ${wrong.length} outside what is expected`);
    process.exitCode = wrong.length > 0 ? 1 : 0;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
} else {
  const all = values.part === "all";
  if (all || values.part === "bases") await measureBases();
  if (all || values.part === "strategies") {
    const onRow = (compared) => {
      writeResults(root, rows, compared);
      writeExpected(expectedFile, compared);
    };
    const cache = join(root, ".cache/results");
    await measureStrategies({
      folder,
      cache,
      file: strategiesFile,
      only,
      seeds: asked,
      threads,
      names,
      onRow,
    });
  }
  if (all || values.part === "adaptation") {
    const five = Array.from({ length: values.seeds ?? 5 }, (_, i) => i);
    await measureAdaptation(root, folder, { seeds: five, only, threads: threads ?? 1 });
  }
  if (all || values.part === "adaptation-methods") await measureEveryMethod();
  const rest = {
    folder,
    only,
    threads,
    seeds,
    onRow: () => writeResults(root, rows, readRows(strategiesFile)),
  };
  if (all || values.part === "texts") {
    const cache = join(root, ".cache/results/texts");
    await measureTexts({ ...rest, cache, file: join(root, "docs/texts.json"), draws: values.seeds });
  }
  if (all || values.part === "ranking") {
    const cache = join(root, ".cache/results");
    await measureRanking({ ...rest, cache, file: join(root, "docs/ranking.json") });
  }
  if (all || values.part === "plan") {
    const cache = join(root, ".cache/results");
    await measurePlan({ ...rest, cache, file: join(root, "docs/plan.json") });
  }
  if (all || values.part === "distillation") {
    const cache = join(root, ".cache/results");
    await measureDistillation({ ...rest, cache, file: join(root, "docs/distillation.json") });
  }
  if (existsSync(strategiesFile)) writeExpected(expectedFile, readRows(strategiesFile));
  writeResults(root, rows, readRows(strategiesFile));
}
