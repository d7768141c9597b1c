// `npm run bench -- shown-score`: does the interval of a shown score hold the truth, also among those with digits? How often
// is a model that has learnt nothing called better than guessing? 20 made sets with known truth, scored as a run scores its test split.
import { draws } from "../dist/core/random.js";
import { scoreClassification } from "../dist/evaluate/classification.js";
import { scoreEntities } from "../dist/evaluate/entities.js";
import { scoreRegression } from "../dist/evaluate/regression.js";
import { shownScore } from "../dist/evaluate/shown-score.js";
import { scoreTranscripts } from "../dist/evaluate/transcripts/score-transcripts.js";
import { wilsonInterval } from "../dist/statistics/index.js";

export const bench = {
  about:
    "how often the interval of a shown score holds the truth, on 20 made sets; false claims to beat guessing",
  needs: [],
  options: { draws: { type: "number", default: 200, about: "draws of each set" } },
  smallest: { draws: 2 },
};

const names = (n, what = "") => Array.from({ length: n }, (_, i) => `${what}${i}`);
/** Group of each sample, for `count` groups of equal size. */
const groupsOf = (n, count) =>
  count === n ? {} : { groups: names(n).map((_, i) => `group ${Math.floor((i * count) / n)}`) };

/**
 * Predictions of `shares.length` classes. A sample is right with the probability `right`; with groups, half of the variance of what
 * decides it is shared within a group.
 */
function classes(d, { n, groups = n, shares, right }) {
  const shared = Array.from({ length: groups }, () => d.normal());
  const logits = new Float32Array(shares.length * n);
  const labels = names(n).map((_, i) => {
    const at = d.uniform();
    const label = shares.findIndex((_, k) => at < shares.slice(0, k + 1).reduce((a, b) => a + b, 0));
    const u = (shared[Math.floor((i * groups) / n)] + d.normal()) / Math.SQRT2;
    const other = d.integer(shares.length - 1);
    logits[shares.length * i + (u < quantiles[right] ? label : other < label ? other : other + 1)] = 1;
    return label;
  });
  return scored({ n, groups, shares, logits, labels });
}
/** Φ⁻¹ of the accuracies. */
const quantiles = { 0.6: 0.2533471, 0.8: 0.8416212, 0.9: 1.2815516, 0.95: 1.6448536 };

/** Predictions that know nothing of the labels: each class with its share. */
function random(d, { n, groups = n, shares }) {
  const draw = () => {
    const at = d.uniform();
    return shares.findIndex((_, k) => at < shares.slice(0, k + 1).reduce((a, b) => a + b, 0));
  };
  const logits = new Float32Array(shares.length * n);
  const labels = names(n).map((_, i) => {
    logits[shares.length * i + draw()] = 1;
    return draw();
  });
  return scored({ n, groups, shares, logits, labels });
}
const scored = ({ n, groups, shares, logits, labels }) =>
  scoreClassification({
    classes: names(shares.length, "class "),
    labels,
    logits,
    items: names(n),
    ...groupsOf(n, groups),
  });

/** y = 2 x + e with half of the variance of e shared within a group: R² is 4 / 5. */
function numbers(d, { n, groups = n }) {
  const shared = Array.from({ length: groups }, () => d.normal());
  const predicted = names(n).map(() => 2 * d.normal());
  const truth = predicted.map((p, i) => p + (shared[Math.floor((i * groups) / n)] + d.normal()) / Math.SQRT2);
  return scoreRegression({
    targets: ["y"],
    deviations: [1],
    truth,
    predicted,
    items: names(n),
    ...groupsOf(n, groups),
  });
}

/** One to three entities a sentence, each found with probability 0.8: with 25 % of the misses of another type, F1 is 1.6 / 1.85. */
function entities(d, { n }) {
  const sentences = names(n).map((item) => {
    const [truth, predicted] = [[], []];
    for (let first = d.integer(3); first >= 0; first--) {
      const span = { first, end: first + 1 };
      truth.push({ type: "A", ...span });
      if (d.chance(0.8)) predicted.push({ type: "A", ...span });
      else if (d.chance(0.25)) predicted.push({ type: "B", ...span });
    }
    return { ...{ item, words: ["a"], text: "", right: 0, repaired: 0, unseen: 0 }, truth, predicted };
  });
  return scoreEntities({ types: ["A", "B"], loss: 0, sentences });
}

/** Clips of 1 to 12 words, each wrong with probability 0.2. */
function clips(d, { n }) {
  const made = names(n).map((item) => {
    const words = Array.from({ length: 1 + d.integer(12) }, (_, j) => `w${j}`);
    return {
      item,
      reference: words.join(" "),
      hypothesis: words.map((word) => (d.chance(0.2) ? "x" : word)).join(" "),
    };
  });
  return scoreTranscripts(made, {});
}

const even = (k) => new Array(k).fill(1 / k);
const sets = [
  ...[20, 40, 60, 150, 300].map((n) => ({
    what: `2 classes, ${n} samples`,
    truth: 0.8,
    draw: classes,
    n,
    shares: even(2),
    right: 0.8,
  })),
  ...[20, 60].map((n) => ({
    what: `2 classes, ${n} samples`,
    truth: 0.95,
    draw: classes,
    n,
    shares: even(2),
    right: 0.95,
  })),
  { what: "5 classes, 100 samples", truth: 0.6, draw: classes, n: 100, shares: even(5), right: 0.6 },
  { what: "90 : 10, 150 samples", truth: 0.95, draw: classes, n: 150, shares: [0.9, 0.1], right: 0.95 },
  ...[
    [80, 10],
    [96, 12],
    [150, 30],
    [300, 60],
  ].map(([n, groups]) => ({
    ...{ what: `2 classes, ${n} samples of ${groups} groups`, truth: 0.9, draw: classes },
    ...{ n, groups, shares: even(2), right: 0.9 },
  })),
  {
    what: "labels at random, 2 classes, 40 samples",
    truth: 0.5,
    guess: true,
    draw: random,
    n: 40,
    shares: even(2),
  },
  {
    what: "labels at random, 3 classes, 150 samples",
    truth: 1 / 3,
    guess: true,
    draw: random,
    n: 150,
    shares: even(3),
  },
  {
    what: "labels at random, 80 : 20, 150 samples",
    truth: 0.68,
    guess: true,
    draw: random,
    n: 150,
    shares: [0.8, 0.2],
  },
  { what: "a number, 60 samples", truth: 0.8, draw: numbers, n: 60 },
  { what: "a number, 150 samples of 30 groups", truth: 0.8, draw: numbers, n: 150, groups: 30 },
  { what: "entities, 60 sentences", truth: 1.6 / 1.85, draw: entities, n: 60 },
  { what: "speech, 60 clips", truth: 0.8, draw: clips, n: 60 },
];

/** Counts over the draws of a set. */
function count(set, repeats) {
  const counts = { draws: repeats, intervals: 0, covered: 0, digits: 0, digits_covered: 0, better: 0 };
  for (let draw = 0; draw < repeats; draw++) {
    const {
      value,
      ci95,
      better_than_guessing: better,
    } = shownScore(set.draw(draws(1, "shown", set.what, `${set.truth}`, draw), set));
    if (better === true) counts.better++;
    if (!ci95) continue;
    const isIn = ci95[0] <= set.truth && set.truth <= ci95[1];
    counts.intervals++;
    if (isIn) counts.covered++;
    if (value === null) continue;
    counts.digits++;
    if (isIn) counts.digits_covered++;
  }
  return counts;
}

const share = (part, of) => (of === 0 ? "–" : `${((100 * part) / of).toFixed(1)} %`);

export async function main({ draws: repeats, json = false }) {
  const rows = sets.map((set) => ({
    what: set.what,
    truth: set.truth,
    guess: set.guess === true,
    ...count(set, repeats),
  }));
  if (json) for (const row of rows) console.log(JSON.stringify(row));
  else
    console.table(
      rows.map(({ what, truth, intervals, covered, digits, digits_covered: shown, better }) => ({
        ...{
          set: what,
          truth: Number(truth.toFixed(3)),
          covers: share(covered, intervals),
          "has digits": share(digits, repeats),
        },
        ...{ "covers with digits": share(shown, digits), "better than guessing": share(better, repeats) },
      })),
    );
  // By its own 99 % interval: 0.93 of the intervals hold the truth, and at most 0.06 of the claims are false.
  const z99 = 2.5758293035489;
  const failed = rows.filter(
    ({ covered, intervals, better, guess }) =>
      wilsonInterval(covered, intervals, z99)[1] < 0.93 ||
      (guess && wilsonInterval(better, repeats, z99)[0] > 0.06),
  );
  if (failed.length > 0) {
    console.error(`outside of what is promised: ${failed.map(({ what }) => what).join("; ")}`);
    process.exitCode = 1;
  }
}
