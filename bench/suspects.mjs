// `npm run bench -- suspects`: how many wrong labels the studio finds by out-of-fold predictions, and how many right ones it doubts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openSession } from "../dist/index.js";
import { made, samplesOf, shuffled } from "./label-shift.mjs";

export const bench = {
  about: "wrong labels that the studio finds, and right labels that it doubts, by the least probability",
  needs: [],
  options: {
    data: {
      type: "string",
      default: "",
      about: "lists or folders with classes, separated by commas (default: made texts)",
    },
    base: { type: "string", default: "text-mini", about: "base of the session; vision-open for pictures" },
    sizes: { type: "string", default: "60,300", about: "most samples of a dataset" },
    draws: { type: "number", default: 3, about: "draws of each dataset" },
  },
  smallest: { sizes: "60", draws: 1 },
};

const shares = [0, 0.05, 0.1];

export async function main({ data, base, sizes, draws, json = false }) {
  const { suspectsOf } = await bundled("../studio/engine/suspects.ts");
  const rules = {
    ...Object.fromEntries([0.6, 0.7, 0.8, 0.9].map((least) => [least, (fit) => suspectsOf(fit, least)])),
    "confident learning": (fit) => confidentLearning(suspectsOf(fit, 0), fit),
  };
  const counts = new Map(shares.map((share) => [share, Object.keys(rules).map(() => [0, 0, 0, 0])]));
  const folder = mkdtempSync(join(tmpdir(), "engraft-suspects-"));
  try {
    for (const path of data === "" ? [made(folder)] : data.split(",")) {
      const own = samplesOf(path);
      for (const size of sizes.split(",").map(Number))
        for (let draw = 0; draw < draws; draw++)
          for (const [share, rows] of counts) {
            const samples = drawSamples(own, size, draw, share);
            const fit = await fitOf(samples, base);
            Object.values(rules).forEach((rule, k) => {
              count(samples, fit, rule(fit), rows[k]);
            });
          }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const rows = [...counts].flatMap(([share, all]) =>
    all.map(([found, doubted, wrong, right], k) => ({
      ...{ wrong_labels: share, rule: Object.keys(rules)[k], right_doubted: doubted / right },
      ...(wrong > 0 && { precision: found / Math.max(1, found + doubted), recall: found / wrong }),
    })),
  );
  if (json) console.log(JSON.stringify({ rows }));
  else console.table(rows.map((row) => Object.fromEntries(Object.entries(row).map(rounded))));
}

const rounded = ([name, value]) => [
  name,
  typeof value === "number" ? Math.round(1000 * value) / 1000 : value,
];

async function bundled(path) {
  const entryPoints = [fileURLToPath(new URL(path, import.meta.url))];
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** Draws as many samples of each class, and gives a share of them another class. */
function drawSamples(own, size, draw, share) {
  const classes = Object.keys(own).sort();
  const each = Math.min(Math.floor(size / classes.length), ...classes.map((name) => own[name].length));
  const all = classes.flatMap((truth) =>
    shuffled(own[truth], draw)
      .slice(0, each)
      .map((input) => ({ input, truth })),
  );
  const places = shuffled([...all.keys()], draw + 7).slice(0, Math.round(share * all.length));
  const other = ({ truth }, i) =>
    classes[(classes.indexOf(truth) + 1 + (i % (classes.length - 1))) % classes.length];
  return all.map((one, i) => ({
    ...one,
    id: String(i),
    label: places.includes(i) ? other(one, i) : one.truth,
  }));
}

async function fitOf(samples, base) {
  const session = await openSession(base);
  try {
    await session.add(samples.map(({ id, input, label }) => ({ id, input, label })));
    return await session.fit();
  } finally {
    await session.close();
  }
}

/** Adds found wrong labels, doubted right ones, and all of both. */
function count(samples, { predictions }, suspects, sums) {
  const isWrong = ({ id }) => samples[Number(id)].label !== samples[Number(id)].truth;
  const wrong = predictions.filter(isWrong).length;
  const found = suspects.filter(isWrong).length;
  [found, suspects.length - found, wrong, predictions.length - wrong].forEach((n, k) => {
    sums[k] += n;
  });
}

/** Keeps suspects that are as probable as the samples of the predicted class have it on average. */
function confidentLearning(suspects, { predictions }) {
  const own = new Map();
  for (const { label, answers } of predictions)
    own.set(label, [...(own.get(label) ?? []), answers.find((answer) => answer.label === label)?.score ?? 0]);
  const mean = (scores) => scores.reduce((a, b) => a + b, 0) / scores.length;
  return suspects.filter(({ predicted, score }) => score >= mean(own.get(predicted)));
}
