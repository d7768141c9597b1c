// Rows of `npm run bench -- coverage`: promises about single predictions.

import { draws } from "../dist/core/random.js";
import { chooseThreshold, riskCoverage } from "../dist/evaluate/abstain.js";
import { conformalQuantile, coverageRange } from "../dist/evaluate/prediction-sets.js";
import { argmax, softmaxRows } from "../dist/linalg/softmax.js";
import { fitTrust } from "../dist/tasks/classes/trust.js";
import { usual } from "./coverage-draws.mjs";

/**
 * A confidence threshold chosen on one validation split: is the accuracy of new predictions above it at least 95 %? The
 * confidence c of a sample is drawn from 0.5 to 1, above 0.9 with probability ½. The sample is right with probability
 * c, or for an overconfident model c − 0.03.
 */
export const abstained = [45, 150, 500].flatMap((n) =>
  [0, 0.03].map((excess) => ({
    what: `abstaining at 95 %, model ${excess === 0 ? "calibrated" : "too sure by 3 points"}, below it`,
    ...{ kind: "false-alarm", n, seeds: 1, promised: [0, 0.05] },
    run: (d) => {
      const confidence = Array.from({ length: n }, () =>
        d.chance(0.5) ? 0.9 + 0.1 * d.uniform() : 0.5 + 0.5 * d.uniform(),
      );
      const correct = confidence.map((c) => d.chance(c - excess));
      const { threshold } = chooseThreshold(riskCoverage(confidence, correct), 0.95);
      if (threshold === null) return false;
      // The density above 0.9 is ½ · 10 + ½ · 2 = 6, below it 1.
      const above = (from) => {
        const [high, low] = [Math.max(from, 0.9), Math.min(from, 0.9)];
        const mass = 6 * (1 - high) + (0.9 - low);
        return ((6 * (1 - high ** 2)) / 2 + (0.81 - low ** 2) / 2) / mass - excess;
      };
      return above(threshold) < 0.95;
    },
  })),
);

/**
 * Prediction sets for 90 %, from one validation split: is their true coverage within the stated range? A sample has two
 * classes, and its label has a probability p that is uniform in 0 to 1. A set contains the label if 1 - p is at most the
 * quantile. So the true coverage is the quantile.
 */
export const setRanges = [45, 150, 500].map((n) => ({
  ...{
    what: "range of the true coverage of prediction sets",
    kind: "coverage",
    n,
    seeds: 1,
    promised: usual,
  },
  run: (d) => {
    const p = Float64Array.from({ length: 2 * n });
    for (let i = 0; i < n; i++) {
      p[2 * i] = d.uniform();
      p[2 * i + 1] = 1 - p[2 * i];
    }
    const truth = conformalQuantile(p, new Int32Array(n), 2, { coverage: 0.9, method: "lac" });
    const [low, high] = coverageRange(n, 0.9);
    return low <= truth && truth <= high;
  },
}));

const classes = 5;
/** Logits 1.6 (2.2 [class 0] + e): about four of five are right. All samples are of class 0, which is no loss of generality. */
const [margin, scale] = [2.2, 1.6];
const normals = (d, n) => Float64Array.from({ length: n }, () => d.normal());

/** Logits of a model. @param noise e, standard normal, float64[n, classes] */
const logitsOf = (noise) =>
  Float32Array.from(noise, (e, i) => scale * ((i % classes === 0 ? margin : 0) + e));

/**
 * Logits of `epochs` equally good epochs. 0.49 of the variance of e is the sample's, the rest the epoch's, which has a correlation with that
 * of the epoch before.
 */
function epochsOf(d, n, epochs, correlation) {
  const own = normals(d, n * classes);
  let ofEpoch = normals(d, n * classes);
  return Array.from({ length: epochs }, (_, epoch) => {
    if (epoch > 0)
      ofEpoch = ofEpoch.map((e) => correlation * e + Math.sqrt(1 - correlation ** 2) * d.normal());
    return logitsOf(own.map((e, at) => 0.7 * e + Math.sqrt(0.51) * ofEpoch[at]));
  });
}

/** The epoch with the highest score, of equal ones that with the lower loss, and how it was chosen. */
function bestOf(all, n) {
  const scored = all.map((logits) => {
    const p = softmaxRows(logits, classes);
    let [right, loss] = [0, 0];
    for (let i = 0; i < n; i++) {
      right += argmax(p, i * classes, classes) === 0 ? 1 : 0;
      loss -= Math.log(p[i * classes]);
    }
    return { logits, right, loss };
  });
  const best = scored.reduce((a, b) =>
    b.right > a.right || (b.right === a.right && b.loss < a.loss) ? b : a,
  );
  const others = scored.filter((one) => one !== best).map(({ right }) => right / n);
  return { logits: best.logits, choice: { score: best.right / n, others } };
}

/** Half of the variance of class 0's e is that of the sample's group. */
function groupedLogits(d, n, count) {
  const shared = normals(d, count);
  return logitsOf(
    normals(d, n * classes).map((e, at) => {
      if (at % classes !== 0) return e;
      const group = Math.floor((Math.floor(at / classes) * count) / n);
      return (shared[group] + e) / Math.SQRT2;
    }),
  );
}

/** What new samples show, whatever the epoch or the group: 100,000 of them. */
let known;
function truth() {
  if (known) return known;
  const n = 100_000;
  const p = softmaxRows(logitsOf(normals(draws(2, "the truth"), n * classes)), classes);
  const items = Array.from({ length: n }, (_, i) => {
    const top = argmax(p, i * classes, classes);
    return { score: top === 0 ? 0 : 1 - p[i * classes], confidence: p[i * classes + top], right: top === 0 };
  });
  const scores = Float64Array.from(items, ({ score }) => score).sort();
  items.sort((a, b) => b.confidence - a.confidence);
  let sum = 0;
  const right = Float64Array.from(items, (item) => (sum += Number(item.right)));
  const countUntil = (length, isAbove) => {
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAbove(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  known = {
    coverage: (quantile) => countUntil(n, (i) => scores[i] > quantile) / n,
    accuracy: (threshold) => {
      const given = countUntil(n, (i) => items[i].confidence < threshold);
      return given === 0 ? 1 : right[given - 1] / given;
    },
  };
  return known;
}

const options = { coverage: 0.9, abstain: 0.9 };
/** The ranges are wide: they hold for all epochs together, and t counts the groups. */
const wide = [0.92, 1];

/** Rows of a model fitted on validation samples. Of one model, sets hold ⌈0.9 (n + 1)⌉ / (n + 1): 90.02 % of 500. @param fit draws and fits it */
const fittedRows = (how, n, fit, least = 0.895) => [
  {
    what: `90 % prediction sets, ${how}`,
    ...{ kind: "coverage", n, seeds: 1, promised: [least, 1] },
    run: (d) => truth().coverage(fit(d).sets.lac ?? 1),
  },
  {
    what: `range of the true coverage of prediction sets, ${how}`,
    ...{ kind: "coverage", n, seeds: 1, promised: wide },
    run: (d) => {
      const { sets } = fit(d);
      const [low, high] = sets.coverage_range95;
      const covered = truth().coverage(sets.lac ?? 1);
      return low <= covered && covered <= high;
    },
  },
  {
    what: `abstaining at 90 %, ${how}, below it`,
    ...{ kind: "false-alarm", n, seeds: 1, promised: [0, 0.05] },
    run: (d) => {
      const { threshold } = fit(d).abstain;
      return threshold !== null && truth().accuracy(threshold) < 0.9;
    },
  },
];

const names = (n, count) => Array.from({ length: n }, (_, i) => `group ${Math.floor((i * count) / n)}`);

/** Trust in the best of several epochs, and in samples of groups. */
export const chosen = [
  ...[45, 150, 500].flatMap((n) =>
    [[1], [4], [12], [12, 0.9], [30, 0.9]].flatMap(([epochs, correlation = 0]) => {
      const alike = correlation > 0 ? `, neighbours with a correlation of ${correlation}` : "";
      const how = epochs === 1 ? "one model" : `the best of ${epochs} epochs${alike}`;
      return fittedRows(how, n, (d) => {
        const { logits, choice } = bestOf(epochsOf(d, n, epochs, correlation), n);
        return fitTrust(classes, { logits, labels: new Int32Array(n) }, options, choice);
      });
    }),
  ),
  ...[
    [150, 30],
    [150, 10],
    [500, 30],
  ].flatMap(([n, count]) =>
    fittedRows(
      `samples of ${count} groups`,
      n,
      (d) =>
        fitTrust(
          classes,
          { logits: groupedLogits(d, n, count), labels: new Int32Array(n), groups: names(n, count) },
          options,
        ),
      // Samples of a group resemble each other: fewer are independent than are counted.
      0.89,
    ),
  ),
];
