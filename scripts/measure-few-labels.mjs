// What texts with few labels are learnt best by: strategies of `engraft train`, and beside them TF–IDF, TF–IDF beside the
// frozen encoder (hybrid), and the same network from scratch, on several draws of a few labels a class.
//
//   node scripts/build.mjs && node scripts/measure-few-labels.mjs FOLDER [--sets sst2,waimai] [--labels 8] [--draws 3]
//     [--strategies probe,finetune,setfit] [--base text-mini] [--most 4000] [--threads 1] [--json FILE] [--no-baselines]
//
// FOLDER holds data/. Half as many labels again are for choosing; the test part is always the same, of --most texts at most.
// A strategy may have epochs, a rate, an augmentation and options of its own: setfit:epochs=4:lr=0.0003,
// finetune:augment=typo+swap:noise=0.2. Rows in --json are not measured again.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { meanInterval } from "../dist/evaluate/index.js";
import { train } from "../dist/index.js";
import { textListOf } from "./measure/text-subsets.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: "string", default: "sst2,waimai" },
    labels: { type: "string", default: "8" },
    draws: { type: "string", default: "3" },
    strategies: { type: "string", default: "probe,finetune,setfit" },
    base: { type: "string", default: "text-mini" },
    most: { type: "string", default: "4000" },
    threads: { type: "string", default: "1" },
    json: { type: "string" },
    "no-baselines": { type: "boolean", default: false },
  },
});
if (positionals.length !== 1) throw new Error("usage: measure-few-labels.mjs FOLDER (it holds data/)");
const folder = resolve(positionals[0]);
const work = mkdtempSync(join(tmpdir(), "engraft-few-labels-"));
const rows =
  values.json && existsSync(values.json)
    ? readFileSync(values.json, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
    : [];
const labels = Number(values.labels);

/** "setfit:epochs=4" -> what `train` is told */
function optionsOf(label) {
  const [strategy, ...pairs] = label.split(":");
  const told = { strategy, option: {} };
  for (const pair of pairs) {
    const [name, value] = pair.split("=");
    if (name === "augment") told.augment = value.replaceAll("+", ",");
    else if (name === "epochs" || name === "lr") told[name] = Number(value);
    else told.option[name] = Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return told;
}

for (let seed = 0; seed < Number(values.draws); seed++)
  for (const set of values.sets.split(",")) {
    const most = Number(values.most);
    const draw = { seed, train: labels, validation: Math.ceil(labels / 2), most };
    const list = textListOf(folder, work, set, draw);
    for (const [i, label] of values.strategies.split(",").entries()) {
      const same = { set, labels, seed, base: values.base, most };
      if (rows.some((row) => row.label === label && Object.keys(same).every((key) => row[key] === same[key])))
        continue;
      const out = join(work, "run");
      rmSync(out, { recursive: true, force: true });
      const { test, best_epoch, seconds, baselines } = await train(list, {
        ...{ task: "text-classification", base: values.base, threads: Number(values.threads), out },
        ...optionsOf(label),
        // The same for all strategies: once is enough.
        ...(i === 0 && !values["no-baselines"] && { baselines: true, seeds: 1 }),
      });
      const beside = Object.entries(baselines ?? {}).filter(([name]) => name !== "probe");
      const row = {
        ...same,
        label,
        accuracy: test.accuracy,
        best_epoch,
        seconds: Math.round(seconds.total),
        ...Object.fromEntries(beside.map(([name, one]) => [name, one.test.accuracy])),
      };
      rows.push(row);
      if (values.json) appendFileSync(values.json, `${JSON.stringify(row)}\n`);
      console.error(JSON.stringify(row));
    }
  }
rmSync(work, { recursive: true, force: true });

const cells = new Map();
for (const row of rows.filter((one) => one.labels === labels && one.base === values.base))
  for (const name of ["accuracy", "tf_idf", "hybrid", "scratch", "majority"]) {
    if (row[name] === undefined) continue;
    const key = `${row.set}  ${name === "accuracy" ? row.label : name}`;
    cells.set(key, [...(cells.get(key) ?? []), row[name]]);
  }
for (const [key, all] of [...cells].sort()) {
  const { mean, ci95 } = all.length > 1 ? meanInterval(all) : { mean: all[0] };
  const range = ci95 ? ` (${ci95[0].toFixed(3)} to ${ci95[1].toFixed(3)})` : "";
  console.log(`${key}: ${mean.toFixed(3)}${range}, ${all.length} draws`);
}
