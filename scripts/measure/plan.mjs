// Regret of the strategy that `auto` chooses, instead of the best strategy, on small tasks (sets × sizes × bases). For each,
// every strategy is trained with its defaults, and a dry run is made and followed. docs/plan.json holds one row per
// training.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "../../dist/index.js";
import { plan as compared } from "./strategies.mjs";
import { listOf } from "./subsets.mjs";
import { textListOf, textSubsets } from "./text-subsets.mjs";

/** Set and images or texts per class; half as many per class choose the epoch. The order covers all kinds early. */
const tasks = [
  ["sst2", 16],
  ["waimai", 32],
  ["snips3", 8],
  ["sst2", 64],
  ["hymenoptera", 8],
  ["waimai", 8],
  ["snips3", 16],
  ["catdog", 8],
  ["waimai", 64],
  ["sst2", 32],
  ["hymenoptera", 16],
  ["banking10", 8],
  ["catdog", 16],
  ["waimai", 16],
  ["usps", 8],
  ["demo", 8],
  ["snips3", 32],
  ["hymenoptera", 32],
  ["mnist_m", 8],
  ["catdog", 32],
  ["demo", 16],
  ["cifar10_subset", 8],
  ["banking10", 16],
  ["usps", 16],
];

/** One strategy of each kind: the others are close to one of these in "Strategies compared", or cost twice as much. */
const strategies = ["probe", "bitfit", "lora", "last-n", "gradual", "discriminative", "full", "finetune"];

/** Permanent errors: the base cannot be trained with this strategy. */
const refusals = ["ModelError", "OptionError", "OperatorError"];

/** Seconds of the processor. */
const spent = ({ user, system }) => Math.round((user + system) / 1e4) / 100;

/** Measures missing rows; each is written at once. @param onRow called after each, with all rows */
export async function measurePlan({ folder, cache, file, only, threads, onRow }) {
  mkdirSync(cache, { recursive: true });
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const keep = (row) => {
    rows.push(row);
    writeFileSync(`${file}.tmp`, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
    renameSync(`${file}.tmp`, file);
    const { right: _right, ...told } = row;
    console.log(JSON.stringify(told));
    onRow?.(rows);
  };
  for (const [set, shots] of tasks) {
    if (!`${set}/${shots}`.includes(only)) continue;
    const draw = { seed: 0, train: shots, validation: Math.ceil(shots / 2), most: 200 };
    const isText = Object.hasOwn(textSubsets, set);
    const list = isText ? textListOf(folder, cache, set, draw) : await listOf(folder, cache, set, draw);
    const base = isText ? "text-mini" : "vision-mini";
    const out = join(cache, `plan-run-${process.pid}`);
    const common = {
      base,
      task: isText ? "text-classification" : "image-classification",
      ...(threads && { threads }),
    };
    for (const strategy of strategies) {
      if (rows.some((r) => r.set === set && r.shots === shots && r.strategy === strategy)) continue;
      rmSync(out, { recursive: true, force: true });
      // Processor time instead of wall time, because the machine has other users.
      const cpu = process.cpuUsage();
      try {
        const { test, validation, split } = await train(list, { ...common, strategy, out });
        keep({
          set,
          shots,
          base,
          strategy,
          train: split.train,
          n: test.n,
          accuracy: Number(test.accuracy.toFixed(6)),
          validation: { n: validation.n, accuracy: Number(validation.accuracy.toFixed(6)) },
          cpu_seconds: spent(process.cpuUsage(cpu)),
          right: test.scores.values.join(""),
        });
      } catch (error) {
        if (!refusals.includes(error.kind)) throw error;
        keep({ set, shots, base, strategy, refused: error.message });
      }
    }
    if (rows.some((r) => r.set === set && r.shots === shots && r.planned)) continue;
    const cpu = process.cpuUsage();
    const { strategy, rate } = await train(list, { ...common, out, dryRun: true });
    const planning = process.cpuUsage(cpu);
    // Its rate need not be the strategy's default.
    const chosen = { strategy: strategy.name, ...(rate !== null && { lr: rate }) };
    const followed = await trained(list, { ...common, ...chosen }, out);
    keep({
      ...{ set, shots, base, planned: strategy.name, rate, reasons: strategy.reasons },
      cpu_seconds: spent(planning),
      followed: followed.row,
    });
  }
  // The choice of `auto` for each draw of "Strategies compared".
  for (const { base, options, sets, draws = 3, strategies: few } of compared(folder))
    for (const set of few ? [] : Object.keys(sets))
      for (let draw = 0; draw < draws; draw++) {
        if (!`draws/${base}/${set}`.includes(only)) continue;
        if (rows.some((r) => r.base === base && r.set === set && r.draw === draw)) continue;
        const list = await listOf(folder, cache, set, { seed: draw, ...sets[set] });
        const asked = { ...options, strategy: "auto", seed: draw, ...(threads && { threads }) };
        const { row, strategy, seconds } = await trained(list, asked, join(cache, `plan-run-${process.pid}`));
        keep({ set, draw, base, planned: strategy.name, followed: { ...row, seconds } });
      }
  return rows;
}

async function trained(list, options, out) {
  rmSync(out, { recursive: true, force: true });
  const begun = process.cpuUsage();
  const { test, split, strategy, seconds } = await train(list, { ...options, out });
  const accuracy = Number(test.accuracy.toFixed(6));
  const cpu_seconds = spent(process.cpuUsage(begun));
  const row = { train: split.train, n: test.n, accuracy, cpu_seconds, right: test.scores.values.join("") };
  return { row, strategy, seconds: { training: Number(seconds.training.toFixed(2)) } };
}
