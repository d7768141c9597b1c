// Rows of `npm run bench -- coverage`: intervals of measures other than accuracy, with and without groups.
import { draws } from "../dist/core/random.js";
import { calibrationInterval, calibrationIntervalCovers } from "../dist/evaluate/calibration-interval.js";
import { scoreClassification } from "../dist/evaluate/classification.js";
import { scoreEntities } from "../dist/evaluate/entities.js";
import { scoreRegression } from "../dist/evaluate/regression.js";
import { usual } from "./coverage-draws.mjs";

const within = ([low, high], truth) => low <= truth && truth <= high;
/** undefined without an interval: the trial does not count. */
const withinIfGiven = (interval, truth) => interval && within(interval, truth);
const names = (n) => Array.from({ length: n }, (_, i) => `${i}`);
/** [samples, groups]: each sample its own group, or groups of equal size. */
const sizes = [
  [50, 50],
  [300, 300],
  [300, 30],
];
const groupsOf = ([n, count]) =>
  count === n ? {} : { groups: names(n).map((i) => `group ${Math.floor((i * count) / n)}`) };
const sized = (what, [n, count]) => ({
  what: count === n ? what : `${what}, ${count} groups of ${n / count}`,
  ...{ kind: "coverage", n, seeds: 1, promised: usual },
});

/**
 * Classes of 50, 25, 15 and 10 %. A sample is right if Φ⁻¹(0.8) + √½ u_g + √½ e_i > 0, with one draw u per group, so
 * that the accuracy is 0.8; a wrong prediction is one of the other classes.
 */
const wrongBelow = -0.8416212335729143;
const usualShares = [0.5, 0.75, 0.9, 1];
/** A class of 5 % in place of 10 %. */
const rareShares = [0.5, 0.75, 0.95, 1];
function answers(d, [n, count], shares = usualShares) {
  const shared = Array.from({ length: count }, () => d.normal());
  const logits = new Float32Array(4 * n);
  const labels = names(n).map((i) => {
    const at = d.uniform();
    const label = shares.findIndex((share) => at < share);
    const u = (shared[Math.floor((i * count) / n)] + d.normal()) / Math.SQRT2;
    const other = d.integer(3);
    logits[4 * i + (u > wrongBelow ? label : other < label ? other : other + 1)] = 1;
    return label;
  });
  return { classes: ["a", "b", "c", "d"], labels, logits, items: names(n) };
}
const truthOf = (make, read) => {
  let known;
  return () => {
    known ??= read(make(draws(2, "the truth")));
    return known;
  };
};
const macroF1 = truthOf(
  (d) => scoreClassification(answers(d, [200_000, 200_000])),
  (scores) => scores.macro_f1,
);
const rareF1 = truthOf(
  (d) => scoreClassification(answers(d, [200_000, 200_000], rareShares)),
  (scores) => scores.macro_f1,
);
const ofRare = [
  [150, 150],
  [300, 300],
  [1000, 1000],
].map((size) => ({
  ...sized("macro F1 of one model with a class of 5 %, if it is given", size),
  run: (d) => withinIfGiven(scoreClassification(answers(d, size, rareShares)).macro_f1_ci95, rareF1()),
}));
const ofClasses = sizes.flatMap((size) => [
  {
    ...sized("macro F1 of one model, if it is given", size),
    run: (d) =>
      withinIfGiven(scoreClassification({ ...answers(d, size), ...groupsOf(size) }).macro_f1_ci95, macroF1()),
  },
  {
    ...sized("recall of a class of one model", size),
    run: (d) =>
      within(scoreClassification({ ...answers(d, size), ...groupsOf(size) }).per_class[0].recall_ci95, 0.8),
  },
]);

/**
 * 0 to 5 entities per sentence, found with a probability shared by the group; a quarter of the misses are predicted as
 * another type.
 */
function sentences(d, [n, count]) {
  const found = Array.from({ length: count }, () => 0.6 + 0.35 * d.uniform());
  return names(n).map((item) => {
    const [truth, predicted] = [[], []];
    for (let first = d.integer(6); first > 0; first--) {
      const span = { first, end: first + 1 };
      truth.push({ type: "A", ...span });
      if (d.chance(found[Math.floor((item * count) / n)])) predicted.push({ type: "A", ...span });
      else if (d.chance(0.25)) predicted.push({ type: "B", ...span });
    }
    return { ...{ item, words: ["a"], text: "", right: 0, repaired: 0, unseen: 0 }, truth, predicted };
  });
}
const types = ["A", "B"];
const entityF1 = truthOf(
  (d) => scoreEntities({ types, loss: 0, sentences: sentences(d, [100_000, 100_000]) }),
  (scores) => scores.f1,
);
const ofEntities = sizes.map((size) => ({
  ...sized("F1 of entities of one model", size),
  run: (d) => {
    const scores = scoreEntities({ types, loss: 0, sentences: sentences(d, size), ...groupsOf(size) });
    return within(scores.f1_ci95, entityF1());
  },
}));

/** y = 2 x + e; half of the variance of e is shared within a group. R² is 4 / 5, the mean error √(2/π), the RMSE 1. */
function numbers(d, [n, count]) {
  const shared = Array.from({ length: count }, () => d.normal());
  const predicted = names(n).map(() => 2 * d.normal());
  const truth = predicted.map((p, i) => p + (shared[Math.floor((i * count) / n)] + d.normal()) / Math.SQRT2);
  return { targets: ["y"], deviations: [1], truth, predicted, items: names(n) };
}
const ofNumbers = [[20, 20], ...sizes].flatMap((size) =>
  [
    ["R²", "r2_ci95", 0.8],
    ["mean error", "mae_ci95", Math.sqrt(2 / Math.PI)],
    ["RMSE", "rmse_ci95", 1],
  ].map(([what, key, truth]) => ({
    ...sized(`${what} of one model`, size),
    run: (d) => within(scoreRegression({ ...numbers(d, size), ...groupsOf(size) }).outputs[0][key], truth),
  })),
);

/**
 * Confidences from 0.5 to 1; a model is right with probability c − excess. Its calibration error over 15 bins is then
 * the excess. Half of the variance of being right is shared within a group.
 */
const ofCalibration = [0, 0.05, 0.15].flatMap((excess) =>
  sizes.map((size) => {
    const [n, count] = size;
    return {
      ...sized(
        `calibration error, called "about ${100 * calibrationIntervalCovers} %", model ${excess === 0 ? "calibrated" : `too sure by ${100 * excess} points`}`,
        size,
      ),
      promised: [0.75, 1],
      run: (d) => {
        const shared = Array.from({ length: count }, () => d.uniform());
        const confidence = names(n).map(() => 0.5 + 0.5 * d.uniform());
        // Each sample follows its group's draw with probability ½, else its own.
        const correct = confidence.map((c, i) => {
          const own = d.chance(0.5) && count < n ? shared[Math.floor((i * count) / n)] : d.uniform();
          return own < c - excess ? 1 : 0;
        });
        return within(calibrationInterval(confidence, correct, groupsOf(size)).interval, excess);
      },
    };
  }),
);

export const measures = [...ofClasses, ...ofRare, ...ofEntities, ...ofNumbers, ...ofCalibration];
