// The rows of `npm run bench -- coverage`: the promised rate, and one trial.
import { difference, estimate, planSeeds } from "../dist/statistics/index.js";
import { verdictsWithBaselines } from "./coverage-baselines.mjs";
import { choice } from "./coverage-choice.mjs";
import { curveRows } from "./coverage-curve.mjs";
import { dense } from "./coverage-dense.mjs";
import { covers, drawPredictions, excludesZero, usual } from "./coverage-draws.mjs";
import { intervals } from "./coverage-intervals.mjs";
import { measures } from "./coverage-measures.mjs";
import { shots } from "./coverage-shots.mjs";
import { speech } from "./coverage-speech.mjs";
import { abstained, chosen, setRanges } from "./coverage-trust.mjs";
import {
  averagePrecisions,
  groupedVerdicts,
  margins,
  numbers,
  repeatedTests,
  splits,
  strategies,
  tastes,
  verdicts,
} from "./coverage-verdicts.mjs";

const oneModel = [20, 50, 300, 2000].flatMap((n) =>
  [0.6, 0.8, 0.95].map((p) => ({
    // Wilson's interval of 20 samples holds 0.95 in 92.45 %, by the binomial distribution.
    ...{
      what: `accuracy ${p} of one model${n === 20 ? ", few samples" : ""}`,
      kind: "coverage",
      n,
      seeds: 1,
    },
    promised: n === 20 ? [0.91, 0.98] : usual,
    run: (d) => covers(estimate([drawPredictions(d, { n, seeds: 1, accuracies: [p], sds: [0] })[0][0]]), p),
  })),
);

const groupings = [
  [10, 30],
  [30, 10],
  [60, 5],
  [100, 3],
];
const grouped = groupings.flatMap(([count, size]) =>
  [0.3, 0.6].map((rho) => {
    const groups = Array.from({ length: count * size }, (_, i) => Math.floor(i / size));
    return {
      ...{ what: `accuracy of one model, ${count} groups of ${size}, correlation ${rho}`, kind: "coverage" },
      ...{ n: count * size, seeds: 1, promised: usual },
      run: (d) => {
        const [model] = drawPredictions(d, {
          n: count * size,
          seeds: 1,
          accuracies: [0.8],
          sds: [0],
          groups,
          rho: rho / 0.64,
        });
        return covers(estimate(model, { groups }), 0.8);
      },
    };
  }),
);

/** Sizes of groups: in proportion to 1, 1/2, 1/3 … */
function unequalGroups(n, count) {
  const harmonic = Array.from({ length: count }, (_, k) => 1 / (k + 1));
  const total = harmonic.reduce((s, v) => s + v, 0);
  const groups = harmonic.flatMap((v, k) => new Array(Math.max(1, Math.round((n * v) / total))).fill(k));
  return Array.from({ length: n }, (_, i) => groups[i] ?? 0);
}

const ofUnequalGroups = [
  [120, 12],
  [300, 30],
].flatMap(([n, count]) =>
  [
    [0.3, 0.8, usual],
    [0.6, 0.8, usual],
    [0.9, 0.8, [0.9, 0.98]],
    [0.9, 0.95, [0.85, 1]],
  ].map(([rho, p, promised]) => {
    const groups = unequalGroups(n, count);
    return {
      what: `accuracy ${p} of one model, ${count} groups of sizes in proportion to 1, 1/2, 1/3 …, correlation ${rho}`,
      ...{ kind: "coverage", n, seeds: 1, promised },
      run: (d) => {
        const difficulty = Math.sqrt(Math.max(0.64, rho));
        const how = {
          n,
          seeds: 1,
          accuracies: [p],
          sds: [0],
          groups,
          difficulty,
          rho: Math.min(1, rho / difficulty ** 2),
        };
        return covers(estimate(drawPredictions(d, how)[0], { groups }), p);
      },
    };
  }),
);

const twoModels = [50, 300, 2000].map((n) => ({
  ...{ what: "difference of two models", kind: "coverage", n, seeds: 1, promised: usual },
  run: (d) => {
    const [a, b] = drawPredictions(d, { n, seeds: 1, accuracies: [0.8, 0.75], sds: [0] });
    return covers(difference(a, b), 0.05);
  },
}));

const ofTraining = [3, 5, 20].flatMap((seeds) =>
  [50, 300, 2000].map((n) => ({
    ...{ what: "accuracy of a way of training", kind: "coverage", n, seeds, promised: [0.92, 1] },
    run: (d) => covers(estimate(drawPredictions(d, { n, seeds, accuracies: [0.8], sds: [0.01] })[0]), 0.8),
  })),
);

/**
 * A pilot of 3 seeds plans a study. A new study with that many seeds must find the gain with 80 % power. Pilots without
 * a number ("not within reach") are redrawn, so the rate is that of pilots with a number.
 */
const plans = [
  [0.05, 0.05, 300],
  [0.1, 0.07, 300],
].map(([worth, sd, n]) => ({
  ...{
    what: `a gain of ${100 * worth} points is found with the seeds that a pilot of 3 names, if it names any`,
    kind: "coverage",
    n,
    seeds: 3,
    promised: [0.75, 0.97],
  },
  run: (d) => {
    for (;;) {
      const [a, b] = drawPredictions(d, {
        n,
        seeds: 3,
        accuracies: [0.7 + worth, 0.7],
        sds: [sd / Math.SQRT2],
      });
      const { squares } = difference(a, b);
      const seeds = squares && planSeeds(squares, worth).seeds;
      if (!seeds) continue;
      const [c, e] = drawPredictions(d, { n, seeds, accuracies: [0.7 + worth, 0.7], sds: [sd / Math.SQRT2] });
      return excludesZero(difference(c, e));
    }
  },
}));

export const rows = [
  ...abstained,
  ...setRanges,
  ...chosen,
  ...intervals,
  ...choice,
  ...oneModel,
  ...grouped,
  ...ofUnequalGroups,
  ...measures,
  ...dense,
  ...speech,
  ...twoModels,
  ...ofTraining,
  ...verdicts,
  ...tastes,
  ...groupedVerdicts,
  ...verdictsWithBaselines,
  ...numbers,
  ...averagePrecisions,
  ...strategies,
  ...splits,
  ...repeatedTests,
  ...margins,
  ...plans,
  ...curveRows,
  ...shots,
];
