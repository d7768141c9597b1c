// `npm run bench -- with-source`: what another table adds to few rows of a target table, `engraft train target.csv --with source.csv`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { draws, permutation } from "../dist/core/random.js";
import { train } from "../dist/index.js";

export const bench = {
  about: "what another table adds to few rows of a table: candidates, the choice by folds, seconds",
  needs: [],
  options: {
    data: {
      type: "string",
      default: "",
      about: "folder with california_housing.csv.gz and adult.data.gz (default: a made table)",
    },
    pairs: {
      type: "string",
      about: "housing, adult, made, sums, signs, with commas (default: the first two, made without a folder)",
    },
    shuffled: { type: "boolean", about: "shuffle the source's targets: a source that cannot help" },
    rows: { type: "string", default: "30,100", about: "target rows to learn from, with commas" },
    source: { type: "number", default: 1500, about: "source rows" },
    "test-rows": { type: "number", default: 2000, about: "most rows of the test split" },
    seeds: { type: "number", default: 3, about: "draws of each size" },
    first: { type: "number", least: 0, default: 0, about: "seed of the first draw" },
  },
  smallest: { rows: "20", source: 60, "test-rows": 40, seeds: 1 },
};

export async function main({
  data,
  pairs,
  rows,
  source,
  seeds,
  first,
  shuffled = false,
  json = false,
  ...options
}) {
  const root = mkdtempSync(join(tmpdir(), "engraft-with-source-"));
  const results = [];
  try {
    for (const pair of (pairs ?? (data === "" ? "made" : "housing,adult")).split(","))
      for (const size of rows.split(",").map(Number)) {
        const tables = tablesOf[pair](data);
        const runs = [];
        for (let seed = first; seed < first + seeds; seed++)
          runs.push(await runOf(tables, { size, source, test: options["test-rows"], seed, root, shuffled }));
        const result = summary(pair, size, runs);
        results.push(result);
        if (!json) console.log(line(result));
      }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  if (json) console.log(JSON.stringify(results));
}

const names = ["alone", "pooled", "residual", "source"];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function summary(pair, rows, runs) {
  const of = (name) => mean(runs.map(({ scores }) => scores.find((one) => one.name === name).test));
  const kept = mean(runs.map(({ scores, kept: own }) => scores.find((one) => one.name === own).test));
  return {
    pair,
    rows,
    draws: runs.length,
    kept,
    chosen: runs.map((run) => run.kept),
    used: runs.filter((run) => run.kept !== "alone").length,
    seconds: mean(runs.map(({ seconds }) => seconds)),
    ...Object.fromEntries(names.map((name) => [name, of(name)])),
  };
}

const line = ({ pair, rows, draws: all, kept, used, seconds, ...scores }) =>
  [
    pair.padEnd(8),
    String(rows).padStart(5),
    ...names.map((name) => `${name} ${(100 * scores[name]).toFixed(1)}`),
    `kept ${(100 * kept).toFixed(1)}, the source used in ${used} of ${all} draws`,
    `${seconds.toFixed(1)} s`,
  ].join("  ");

/** Trains on a draw of target and source rows. */
async function runOf({ header, target, source }, { size, source: most, test, seed, root, shuffled }) {
  const drawn = (rows, purpose) => Array.from(permutation(rows.length, seed, purpose), (i) => rows[i]);
  const own = drawn(target, "target").slice(0, size + test);
  const folder = mkdtempSync(join(root, "draw-"));
  const write = (name, lines) => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.map((cells) => cells.join(",")).join("\n")}\n`);
    return path;
  };
  const targetFile = write("target.csv", [
    [...header, "split"],
    ...own.map((row, i) => [...row, i < size ? "train" : "test"]),
  ]);
  const others = drawn(source, "source").slice(0, most);
  const answers = Array.from(permutation(others.length, seed, "shuffled"), (i) => others[i].at(-1));
  const sourceFile = write("source.csv", [
    header,
    ...(shuffled ? others.map((row, i) => [...row.slice(0, -1), answers[i]]) : others),
  ]);
  const begin = performance.now();
  const { with_source: found } = await train(targetFile, {
    with: sourceFile,
    target: header.at(-1),
    baselines: false,
    out: join(folder, "run"),
  });
  const seconds = (performance.now() - begin) / 1000;
  rmSync(folder, { recursive: true, force: true });
  return { ...found, seconds };
}

const read = (folder, file) =>
  gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .trim()
    .split(/\r?\n/)
    .map((row) => row.split(/,\s*/));

/** Rows of three normal columns. @param answerOf the target, from the sum of the first two and the draws */
function rowsOfSums(answerOf) {
  const random = draws(1, "sums");
  const rows = (count) =>
    Array.from({ length: count }, () => {
      const x = [random.normal(), random.normal(), random.normal()];
      return [...x.map((one) => one.toFixed(3)), answerOf(x[0] + x[1], random)];
    });
  return { header: ["a", "b", "c", "y"], target: rows(20_000), source: rows(20_000) };
}

/** Header, target and source rows of each pair. The last column is the target. */
const tablesOf = {
  made() {
    const { uniform: u } = draws(1, "with-source");
    const row = (shift) => {
      const [a, b] = [10 * u(), 5 * u()];
      return [a, b, 3 * a + (a > 5 && b > 2 ? 12 : 0) - 2 * b + shift + u()].map((one) => one.toFixed(3));
    };
    const rows = (count, shift) => Array.from({ length: count }, () => row(shift));
    return { header: ["a", "b", "price"], target: rows(2200, 5), source: rows(2000, 0) };
  },
  /** y = a + b + N(0, 1) */
  sums: () => rowsOfSums((sum, random) => (sum + random.normal()).toFixed(3)),
  /** Logistic regression: P(yes) = 1 / (1 + exp(−1.2 (a + b))) */
  signs: () =>
    rowsOfSums((sum, random) => (random.uniform() < 1 / (1 + Math.exp(-1.2 * sum)) ? "yes" : "no")),
  /** Log price of houses near the ocean, from houses inland. */
  housing(folder) {
    const [header, ...rows] = read(folder, "california_housing.csv.gz");
    const [price, place] = [header.indexOf("median_house_value"), header.indexOf("ocean_proximity")];
    const inputs = (row) => row.filter((_, i) => i !== price && i !== place);
    const of = (isIn) =>
      rows
        .filter((row) => isIn(row[place]))
        .map((row) => [...inputs(row), Math.log(Number(row[price])).toFixed(5)]);
    return {
      header: [...inputs(header), "log_price"],
      target: of((where) => where === "NEAR OCEAN"),
      source: of((where) => where === "INLAND"),
    };
  },
  /** Income above 50,000 of the self-employed (not incorporated) and of employees of states, from those employed privately. */
  adult(folder) {
    const rows = read(folder, "adult.data.gz");
    const header =
      "age,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,capital-loss,hours-per-week,native-country,income";
    const of = (isIn) => rows.filter(([, work]) => isIn(work)).map((row) => row.filter((_, i) => i !== 1));
    return {
      header: header.split(","),
      target: of((work) => work === "Self-emp-not-inc" || work === "State-gov"),
      source: of((work) => work === "Private"),
    };
  },
};
