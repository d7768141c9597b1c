// docs/results.md: probe and fine-tuning of real bases on image sets, and every strategy on small draws, several seeds.
// `npm run results -- SHARED_FOLDER` measures what is missing in docs/results.json and docs/strategies.json, and writes the
// page anew. `--part bases|strategies` does one of them, `--only BASE/SET` less of it. `--check` trains strategies again,
// writes nothing, and fails when an accuracy lies outside docs/strategies-expected.csv. `npm run results -- --write` measures
// nothing: it writes the page anew from the recorded rows.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openData, train } from "../dist/index.js";
import { realBases } from "./measure/bases.mjs";
import { draw } from "./measure/draws.mjs";
import { writeResults } from "./measure/results-page.mjs";
import { measureStrategies, readRows } from "./measure/strategies.mjs";
import { unexpected, writeExpected } from "./measure/strategies-page.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    part: { type: "string", default: "all" },
    only: { type: "string", default: "" },
    strategies: { type: "string" },
    seeds: { type: "string" },
    threads: { type: "string" },
    check: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const parts = ["bases", "strategies", "texts", "adaptation", "ranking", "plan", "distillation"];
if (
  values.write ? positionals.length > 0 : positionals.length !== 1 || !["all", ...parts].includes(values.part)
)
  throw new Error(
    `usage: npm run results -- FOLDER [--part ${parts.join("|")}] [--only BASE/SET] [--strategies a,b] [--seeds 3] [--threads N] [--check] (FOLDER holds data/ and models/)`,
  );
const folder = resolve(positionals[0] ?? ".");
const { only } = values;
const seeds = Array.from({ length: Number(values.seeds ?? 3) }, (_, i) => i);
/** The requested seeds; default: those of each part. */
const asked = values.seeds && seeds;
const threads = values.threads && Number(values.threads);
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
if (values.write) {
  const { adaptationTable } = await import("./measure/adaptation-page.mjs");
  writeResults(root, rows, readRows(strategiesFile));
  adaptationTable(root, readRows(join(root, "docs/adaptation-runs.json")));
} else if (values.check && values.part === "adaptation") {
  const { checkAdaptation } = await import("./measure/adaptation-check.mjs");
  const holds = await checkAdaptation(root, folder, {
    seeds: asked,
    only,
    threads: Number(values.threads ?? 1),
  });
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
    const { measureAdaptation } = await import("./measure/adaptation.mjs");
    const five = Array.from({ length: Number(values.seeds ?? 5) }, (_, i) => i);
    await measureAdaptation(root, folder, { seeds: five, only, threads: Number(values.threads ?? 1) });
  }
  const rest = {
    folder,
    only,
    threads,
    seeds,
    onRow: () => writeResults(root, rows, readRows(strategiesFile)),
  };
  if (all || values.part === "texts") {
    const { measureTexts } = await import("./measure/texts.mjs");
    const cache = join(root, ".cache/results/texts");
    const draws = values.seeds && Number(values.seeds);
    await measureTexts({ ...rest, cache, file: join(root, "docs/texts.json"), draws });
  }
  if (all || values.part === "ranking") {
    const { measureRanking } = await import("./measure/ranking.mjs");
    const cache = join(root, ".cache/results");
    await measureRanking({ ...rest, cache, file: join(root, "docs/ranking.json") });
  }
  if (all || values.part === "plan") {
    const { measurePlan } = await import("./measure/plan.mjs");
    const cache = join(root, ".cache/results");
    await measurePlan({ ...rest, cache, file: join(root, "docs/plan.json") });
  }
  if (all || values.part === "distillation") {
    const { measureDistillation } = await import("./measure/distillation.mjs");
    const cache = join(root, ".cache/results");
    await measureDistillation({ ...rest, cache, file: join(root, "docs/distillation.json") });
  }
  if (existsSync(strategiesFile)) writeExpected(expectedFile, readRows(strategiesFile));
  writeResults(root, rows, readRows(strategiesFile));
}
