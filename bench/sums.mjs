// `npm run bench -- sums`: the head from feature sums against the linear probe, and the seconds of both.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { rowsOf } from "../dist/core/results/rows.js";
import { train } from "../dist/index.js";
import { addSums, collectClassSums } from "../dist/methods/sums/feature-sums.js";
import { solveSums } from "../dist/methods/sums/solve-sums.js";

export const bench = {
  about: "the head from feature sums against the linear probe: accuracy by labels a class, seconds",
  needs: [],
  options: {
    data: {
      type: "string",
      default: "",
      about: "folders or lists with classes, separated by commas (default: only the seconds)",
    },
    labels: { type: "string", default: "5,20,0", about: "labels a class, separated by commas; 0: all" },
    seeds: { type: "number", default: 3, about: "draws of each size" },
    samples: { type: "number", default: 10_000, about: "rows of features whose sums are timed" },
    dims: { type: "number", default: 1024, about: "features of a row" },
  },
  smallest: { samples: 50, dims: 8 },
};

export async function main({ data, labels, seeds, samples, dims, json = false }) {
  const rows = [];
  const root = mkdtempSync(join(tmpdir(), "engraft-sums-"));
  try {
    for (const path of data.split(",").filter(Boolean))
      for (const size of labels.split(",").map(Number)) {
        const draws = size === 0 ? 1 : seeds;
        const found = { sums: [], probe: [] };
        for (let seed = 0; seed < draws; seed++)
          for (const strategy of ["probe", "sums"])
            found[strategy].push(await accuracyOf(path, { strategy, size, seed, root }));
        const [probe, sums] = [mean(found.probe), mean(found.sums)];
        rows.push({ data: basename(path), labels: size === 0 ? "all" : size, draws, probe, sums });
        if (!json)
          console.log(
            `${basename(path).padEnd(18)} ${String(size || "all").padStart(4)}  probe ${percent(probe)}  sums ${percent(sums)}  difference ${percent(sums - probe)}`,
          );
      }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const differences = [...new Set(rows.map((row) => row.labels))].map((own) => [
    own,
    mean(rows.filter((row) => row.labels === own).map(({ sums, probe }) => sums - probe)),
  ]);
  for (const [own, difference] of differences)
    if (!json) console.log(`mean difference, ${own} labels a class: ${percent(difference)}`);
  const seconds = await secondsOf(samples, dims, 10);
  if (json) console.log(JSON.stringify({ rows, differences: Object.fromEntries(differences), seconds }));
  else
    console.log(
      `${samples} x ${dims}, 10 classes: sums ${seconds.sums.toFixed(2)} s, head ${seconds.head.toFixed(2)} s`,
    );
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (value) => `${(100 * value).toFixed(1)} %`.padStart(7);

/** Trains a head, and returns its test accuracy. */
async function accuracyOf(path, { strategy, size, seed, root }) {
  const classes = size === 0 ? 0 : await classesIn(path, root);
  const out = mkdtempSync(join(root, "run-"));
  const { test } = await train(path, {
    strategy,
    seed,
    baselines: false,
    pictures: false,
    ...(size > 0 && { trainSize: size * classes }),
    out,
  });
  rmSync(out, { recursive: true, force: true });
  return test.accuracy;
}

const known = new Map();
/** Returns the number of classes of data. */
async function classesIn(path, root) {
  if (!known.has(path)) {
    const { classes } = await train(path, {
      strategy: "probe",
      baselines: false,
      out: mkdtempSync(join(root, "run-")),
    });
    known.set(path, classes.length);
  }
  return known.get(path);
}

async function secondsOf(samples, dims, classes) {
  const features = Float32Array.from(
    { length: samples * dims },
    (_, i) => Math.sin(i * 1.7) + ((i * 7919) % 13) / 13,
  );
  const names = Array.from({ length: classes }, (_, i) => `${i}`);
  const labels = Int32Array.from({ length: samples }, (_, i) => i % classes);
  const begin = performance.now();
  const sums = await collectClassSums(rowsOf(features, dims), labels, names);
  const collected = performance.now();
  solveSums(addSums(sums, sums));
  return { sums: (collected - begin) / 1000, head: (performance.now() - collected) / 1000 };
}
