// Measures `engraft train` without training options on public tables, and the models that it did not keep:
// node scripts/measure/tables.mjs DATA OUT [--sets iris,…] [--seeds 3] [--first 0] [--name lower --options '{"lr":0.001}']
// DATA holds adult.data.gz, iris.csv, …; OUT/SET-SEED.csv are the tables with their splits, OUT/rows.jsonl the results. Then
// python3 scripts/measure/tables_sklearn.py OUT fits scikit-learn's models on the same splits and prints all figures.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { train } from "../../dist/index.js";
import { startProgram } from "../start-program.mjs";

const usualSets = "iris,wine,breast_cancer,diabetes,digits,california,adult";
const { values, positionals } = startProgram(import.meta.url, {
  takes: "DATA OUT",
  needs: ["data"],
  options: {
    sets: { type: "string", default: usualSets, about: "sets, with commas" },
    seeds: { type: "number", default: 3, about: "seeds of a set" },
    first: { type: "number", least: 0, default: 0, about: "the first seed" },
    name: { type: "string", default: "default", about: "name of the rows" },
    options: { type: "string", default: "{}", about: "training options as JSON" },
  },
});
const [data, out] = positionals;

const adult =
  "age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,capital-loss,hours-per-week,native-country,target";
const text = (file) => {
  const bytes = readFileSync(join(data, file));
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trim();
};
const split = (lines) => lines.split(/\r?\n/).map((line) => line.split(/,\s*/));
/** Tables as { header, rows, test }: `test` holds given test rows. The last column is the target. */
const sets = {
  iris: () => named("iris.csv"),
  wine: () => named("wine.csv"),
  breast_cancer: () => named("breast_cancer.csv"),
  diabetes: () => named("diabetes.csv"),
  digits: () => {
    const rows = split(text("optdigits_8x8.csv.gz")).map((row) => [
      ...row.slice(0, -1),
      `digit ${row.at(-1)}`,
    ]);
    return { header: [...Array.from({ length: 64 }, (_, i) => `p${i}`), "target"], rows };
  },
  california: () => {
    const { header, rows } = named("california_housing.csv.gz");
    const at = header.indexOf("median_house_value");
    const last = (row, value) => [...row.slice(0, at), ...row.slice(at + 1), value];
    return { header: last(header, "target"), rows: rows.map((row) => last(row, row[at])) };
  },
  adult: () => {
    const clean = (rows) =>
      rows.map((row) => row.map((cell) => (cell === "?" ? "" : cell.replace(/\.$/, ""))));
    const [rows, test] = ["adult.data.gz", "adult.test.gz"].map((file) => clean(split(text(file))));
    return { header: adult.split(","), rows, test };
  },
};

function named(file) {
  const [header, ...rows] = split(text(file));
  return { header: [...header.slice(0, -1), header.at(-1) === "class" ? "target" : header.at(-1)], rows };
}

/** Marks a fifth of the rows as test, drawn by the seed. */
function tableOf(set, seed) {
  const { header, rows, test } = sets[set]();
  let state = seed + 1;
  // xorshift32: Marsaglia, "Xorshift RNGs", 2003
  const draw = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 20; i++) draw();
  const order = rows.map((_, i) => [draw(), i]).sort((a, b) => a[0] - b[0]);
  const apart = new Set(test ? [] : order.slice(0, Math.round(rows.length / 5)).map(([, i]) => i));
  const lines = rows.map((row, i) => [...row, apart.has(i) ? "test" : "train"]);
  for (const row of test ?? []) lines.push([...row, "test"]);
  return [[...header, "split"], ...lines].map((row) => row.join(",")).join("\n");
}

mkdirSync(out, { recursive: true });
const log = join(out, "rows.jsonl");
const known = existsSync(log)
  ? readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];
for (const set of values.sets.split(","))
  for (let seed = values.first; seed < values.first + values.seeds; seed++) {
    if (known.some((row) => row.set === set && row.seed === seed && row.name === values.name)) continue;
    const table = join(out, `${set}-${seed}.csv`);
    if (!existsSync(table)) writeFileSync(table, tableOf(set, seed));
    const row = { set, seed, name: values.name, ...(await defaultRun(table, seed)) };
    console.log(JSON.stringify(row));
    appendFileSync(log, `${JSON.stringify(row)}\n`);
  }

/** Test scores of a run without training options, and of its models that it did not keep. */
async function defaultRun(table, seed) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-tables-"));
  try {
    const begin = performance.now();
    const run = await train(table, {
      seed,
      target: "target",
      baselines: false,
      cache: false,
      out: join(folder, "run"),
      ...JSON.parse(values.options),
    });
    const scoreOf = ({ accuracy, r2 }) => Number((accuracy ?? r2).toFixed(4));
    const baselines = Object.entries(run.baselines).map(([name, { test }]) => [name, scoreOf(test)]);
    const seconds = Number(((performance.now() - begin) / 1000).toFixed(1));
    return {
      metric: run.test.metric?.name ?? "accuracy",
      kept: run.strategy.name === "scratch" ? "network" : run.strategy.name,
      engraft: scoreOf(run.test),
      rows: run.split.test,
      seconds,
      ...Object.fromEntries(baselines),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
