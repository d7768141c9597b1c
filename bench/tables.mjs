// Trees of tables beside scikit-learn's histogram trees, in turns, on the same rows and cores; and the reader of CSV.
// Aims: at most 5 times the seconds at 200,000 × 30; a CSV of 100 MB in 10 s, with at most 4 times its size in memory.
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { draws } from "../dist/core/random.js";
import { readList } from "../dist/data/lists/read-list.js";
import { fitBoostedTrees } from "../dist/methods/boosting/boosted-trees.js";
import { nodePlatform } from "../dist/platform/node.js";
import { peakMb } from "../dist/platform/peak-memory.js";
import { inNewProcess, median } from "./measure.mjs";

const options = {
  rows: { type: "string", default: "12500,50000,200000", about: "rows to learn from, with commas" },
  dims: { type: "number", default: 30, about: "columns" },
  rounds: { type: "number", default: 100, about: "rounds of boosting in the comparison with equal settings" },
  threads: {
    type: "number",
    default: availableParallelism(),
    about: "threads of scikit-learn; ours has one",
  },
  repeats: { type: "number", default: 2, about: "turns of each measurement" },
  "test-rows": { type: "number", default: 20_000, about: "rows of the test split" },
  "csv-mb": { type: "number", default: 100, about: "size of the CSV, in units of 10⁶ bytes" },
};

export const bench = {
  about: "trees of tables beside scikit-learn's, and seconds and memory of reading a CSV",
  needs: ["sklearn"],
  options,
  smallest: { rows: "500", dims: 5, rounds: 5, repeats: 1, "test-rows": 200, "csv-mb": 1 },
};

export async function main({ dims, rounds, repeats, threads, json, ...options }) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-bench-tables-"));
  try {
    const sizes = options.rows.split(",").map(Number);
    const testRows = options["test-rows"];
    writeTable(folder, "", Math.max(...sizes), dims, 1);
    writeTable(folder, "test-", testRows, dims, 2);
    const results = [];
    for (const rows of sizes)
      for (const [settings, its] of [
        [`${rounds} rounds`, rounds],
        ["defaults", 0],
      ]) {
        const turns = [];
        for (let i = 0; i < repeats; i++) {
          const ours = await inNewProcess(import.meta.url, fit, { folder, rows, dims, rounds: its });
          turns.push({ ours, theirs: sklearn(threads, folder, rows, dims, its) });
        }
        const result = { rows, dims, settings, ...summary(turns, testRows) };
        results.push(result);
        if (!json) console.log(line(result));
      }
    const csv = await measureCsv(folder, options["csv-mb"], dims);
    if (json) console.log(JSON.stringify({ trees: results, csv }));
    else
      console.log(
        `CSV of ${csv.mb.toFixed(0)} MB: ${csv.seconds.toFixed(1)} s, peak memory ${csv.peak_mb.toFixed(0)} MB = ${(csv.peak_mb / csv.mb).toFixed(1)} × its size`,
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summary(turns, testRows) {
  const [ours, theirs] = ["ours", "theirs"].map((who) => {
    const own = turns.map((turn) => turn[who]);
    const share = own[0].right / testRows;
    return {
      seconds: median(own.map(({ seconds }) => seconds)),
      processor: median(own.map(({ processor }) => processor)),
      rounds: own[0].rounds,
      accuracy: share,
      // Half of the 95 % interval of a share: Wald's, which serves for thousands of rows.
      half: 1.96 * Math.sqrt((share * (1 - share)) / testRows),
    };
  });
  const ratios = (of) => turns.map((turn) => turn.ours[of] / turn.theirs[of]);
  return { ratios: ratios("seconds"), processor: ratios("processor"), ours, theirs };
}

function line({ rows, dims, settings, ratios, processor, ours, theirs }) {
  const its = ({ seconds, rounds, accuracy, half, ...its }) =>
    `${seconds.toFixed(2)} s (${its.processor.toFixed(2)} s of processors), ${rounds} rounds, ${(100 * accuracy).toFixed(2)} ± ${(100 * half).toFixed(2)} %`;
  const times = (list) => list.map((ratio) => ratio.toFixed(2)).join(" and ");
  return [
    `${rows} × ${dims}, ${settings}: ${times(ratios)} × scikit-learn's seconds, ${times(processor)} × its seconds of processors`,
    `  ours          ${its(ours)}`,
    `  scikit-learn  ${its(theirs)}`,
  ].join("\n");
}

function sklearn(threads, folder, rows, dims, rounds) {
  const script = fileURLToPath(new URL("tables-sklearn.py", import.meta.url));
  const words = [script, folder, rows, dims, rounds].map(String);
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  return JSON.parse(execFileSync(process.env.PYTHON ?? "python3", words, { encoding: "utf8", env }));
}

/** Writes rows of normal draws and their classes: a step, a product, a wave and a tenth of random classes. */
function writeTable(folder, name, rows, dims, seed) {
  const draw = draws(seed, "bench-tables");
  const [x, y] = [new Float32Array(rows * dims), new Float32Array(rows)];
  for (let i = 0; i < rows; i++) {
    const row = x.subarray(i * dims, (i + 1) * dims);
    for (let d = 0; d < dims; d++) row[d] = draw.normal();
    const score = row[0] * row[1] + (row[2] > 0.5 ? 1 : -0.5) + Math.sin(3 * row[3]) + 0.3 * row[4];
    y[i] = draw.chance(0.1) ? draw.integer(2) : score > 0 ? 1 : 0;
  }
  for (const [file, values] of [
    ["x", x],
    ["y", y],
  ])
    writeFileSync(join(folder, `${name}${file}.bin`), new Uint8Array(values.buffer));
}

/**
 * Fits our trees: a number of rounds on all rows; or as a run does, with 0: rounds by 15 % of the rows, then these rounds on all.
 */
export async function fit({ folder, rows, dims, rounds }) {
  // A small file is a part of a buffer that others share, so it is copied.
  const read = (name) => new Float32Array(Uint8Array.from(readFileSync(join(folder, name))).buffer);
  const [x, y] = [read("x.bin"), read("y.bin")];
  const part = (from, to) => ({
    ...{ features: x.subarray(from * dims, to * dims), targets: y.subarray(from, to), count: to - from },
  });
  const learn = (train, validation, most) =>
    fitBoostedTrees({ train, validation, dims, outputs: 2, learns: "classes" }, most ? { rounds: most } : {});
  await learn(part(0, Math.min(500, rows)), part(0, 0), 2);
  const [begin, before] = [performance.now(), process.cpuUsage()];
  const held = Math.round(0.85 * rows);
  const chosen = rounds || (await learn(part(0, held), part(held, rows), 0)).rounds;
  const model = await learn(part(0, rows), part(0, 0), chosen);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  const [testX, testY] = [read("test-x.bin"), read("test-y.bin")];
  const logits = model.predict(testX, testY.length);
  let right = 0;
  for (const [i, label] of testY.entries()) if (logits[2 * i + 1] > logits[2 * i] === (label === 1)) right++;
  return { seconds, processor: (user + system) / 1e6, rounds: chosen, right };
}

async function measureCsv(folder, megabytes, dims) {
  const path = join(folder, "table.csv");
  const file = openSync(path, "w");
  const draw = draws(3, "bench-csv");
  const names = Array.from({ length: dims }, (_, d) => `c${d}`);
  writeSync(file, `${names.join(",")},label\n`);
  for (let written = 0; written < megabytes * 1e6; ) {
    const row = () => `${names.map(() => draw.normal()).join(",")},${draw.chance(0.5) ? "yes" : "no"}\n`;
    written += writeSync(file, Array.from({ length: 1000 }, row).join(""));
  }
  closeSync(file);
  return { mb: statSync(path).size / 1e6, ...(await inNewProcess(import.meta.url, readTable, path)) };
}

/** Seconds and peak memory of reading a list, in a process of its own. */
export async function readTable(path) {
  const begin = performance.now();
  const { rows } = await readList(nodePlatform, path);
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, peak_mb: peakMb(), rows: rows.length };
}
