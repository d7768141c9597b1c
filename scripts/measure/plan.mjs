// What does following `engraft plan` lose against the best of all strategies? Small tasks (sets × sizes × bases); for each,
// every strategy is trained with its defaults, and the plan is made and followed. docs/plan.json holds one row a training.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plan, train } from "../../dist/index.js";
import { listOf } from "./subsets.mjs";
import { textListOf, textSubsets } from "./text-subsets.mjs";

/** Set and pictures or texts a class; half as many a class to choose on. In this order, so that a part tells something of all. */
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

/** One of each kind: those that are left out here are close to one of these in "Strategies compared", or cost twice as much. */
const strategies = ["probe", "bitfit", "lora", "last-n", "gradual", "discriminative", "full", "finetune"];

/** Errors that come again however often one tries: the base cannot be trained so. */
const refusals = ["ModelError", "OptionError", "OperatorError"];

/** Measure what is missing; each row is written as soon as it is there. @param onRow called after each, with all rows */
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
    const out = join(cache, "plan-run");
    const common = {
      base,
      task: isText ? "text-classification" : "image-classification",
      ...(threads && { threads }),
    };
    for (const strategy of strategies) {
      if (rows.some((r) => r.set === set && r.shots === shots && r.strategy === strategy)) continue;
      rmSync(out, { recursive: true, force: true });
      // Processor time and not the clock's: others use the machine as well.
      const cpu = process.cpuUsage();
      try {
        const { test, validation, split } = await train(list, { ...common, strategy, out });
        const { user, system } = process.cpuUsage(cpu);
        keep({
          set,
          shots,
          base,
          strategy,
          train: split.train,
          n: test.n,
          accuracy: Number(test.accuracy.toFixed(6)),
          validation: { n: validation.n, accuracy: Number(validation.accuracy.toFixed(6)) },
          cpu_seconds: Math.round((user + system) / 1e4) / 100,
          right: test.right,
        });
      } catch (error) {
        if (!refusals.includes(error.kind)) throw error;
        keep({ set, shots, base, strategy, refused: error.message });
      }
    }
    if (rows.some((r) => r.set === set && r.shots === shots && r.planned)) continue;
    const cpu = process.cpuUsage();
    const { strategy } = await plan(list, { ...common, bases: [base] });
    const { user, system } = process.cpuUsage(cpu);
    const cpu_seconds = Math.round((user + system) / 1e4) / 100;
    keep({ set, shots, base, planned: strategy.name, reasons: strategy.reasons, cpu_seconds });
  }
  return rows;
}
