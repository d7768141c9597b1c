// Rows of `npm run bench -- coverage`: the ± of `engraft curve --shots`, whose draws overlap in one training split.
import { draws } from "../dist/core/random.js";
import { estimateOverSeeds } from "../dist/statistics/index.js";
import { covers } from "./coverage-draws.mjs";

const [classes, width, pool, tested] = [5, 20, 30, 150];

/** Returns a fast generator of N(0, 1), seeded by a draw: the stateless draws of the product take 15 µs each. */
function normalsOf(d) {
  let state = d.integer(2 ** 31) + 1;
  // Mulberry32.
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Samples of classes in turn: class k is 0.6 higher in each fifth feature from k on. */
function drawSamples(normal, n) {
  return Array.from({ length: n }, (_, i) => {
    const label = i % classes;
    return {
      label,
      features: Float64Array.from(
        { length: width },
        (_, at) => normal() + (at % classes === label ? 0.6 : 0),
      ),
    };
  });
}

/** Returns whether the nearest mean of the training samples is that of the right class, 1 or 0. */
function rightOf(train, test) {
  const means = Array.from({ length: classes }, (_, label) => {
    const own = train.filter((one) => one.label === label);
    return Float64Array.from({ length: width }, (_, at) =>
      own.reduce((s, { features }) => s + features[at] / own.length, 0),
    );
  });
  return Float64Array.from(test, ({ label, features }) => {
    const distances = means.map((mean) => mean.reduce((s, m, at) => s + (features[at] - m) ** 2, 0));
    return Number(distances.indexOf(Math.min(...distances)) === label);
  });
}

const meanOf = (values) => values.reduce((s, v) => s + v, 0) / values.length;

/** Draws `shots` samples of each class from a pool. */
function drawOf(d, all, shots) {
  return Array.from({ length: classes }, (_, label) =>
    all
      .filter((one) => one.label === label)
      .map((one) => [d.uniform(), one])
      .sort(([p], [q]) => p - q)
      .slice(0, shots)
      .map(([, one]) => one),
  ).flat();
}

/** Mean accuracy over pools and test samples, by 500 of them: known to about 0.2 points. */
const truths = new Map();
function truthOf(shots) {
  if (!truths.has(shots)) {
    const normal = normalsOf(draws(2, "shots", shots));
    const found = Array.from({ length: 500 }, () =>
      meanOf(rightOf(drawSamples(normal, shots * classes), drawSamples(normal, 200))),
    );
    truths.set(shots, meanOf(found));
  }
  return truths.get(shots);
}

export const shots = [
  [1, 10],
  [5, 10],
  [10, 10],
  [20, 10],
  [25, 10],
  [10, 5],
].map(([size, seeds]) => ({
  ...{ what: `accuracy of \`curve --shots\`, ${size} of ${pool} labels a class`, kind: "coverage" },
  ...{ n: tested, seeds, promised: [0.92, 0.98] },
  run: (d) => {
    const normal = normalsOf(d);
    const [all, test] = [drawSamples(normal, pool * classes), drawSamples(normal, tested)];
    const scores = Array.from({ length: seeds }, () => rightOf(drawOf(d, all, size), test));
    return covers({ interval: estimateOverSeeds(scores, { range: "share" }).ci95 }, truthOf(size));
  },
}));
