// Rows of `npm run bench -- coverage`: prediction intervals of numbers.
import { conformalBands, halfWidthAt } from "../dist/evaluate/regression.js";
import { scoreOptimism } from "../dist/run/baselines/best-epoch.js";
import { normals } from "./coverage-draws.mjs";

/** Standard deviation of the errors at a prediction in 0 to 1: eleven times as large for the highest as for the lowest. */
const deviation = (predicted) => 0.2 + 2 * predicted;
/** Mean of its square: the variance of errors. Predictions scatter as much, so R² is about 1/2. */
const variance = 0.04 + 0.4 + 4 / 3;

/**
 * Validation errors of equally good epochs, the best of them with how it was chosen. 0.64 of the variance is the sample's, the rest the
 * epoch's, which has a correlation with that of the epoch before.
 */
function bestOf(d, n, epochs, correlation) {
  const predicted = Float64Array.from({ length: n }, () => d.uniform());
  const own = normals(d, n);
  let ofEpoch = normals(d, n);
  const all = Array.from({ length: epochs }, (_, epoch) => {
    if (epoch > 0)
      ofEpoch = ofEpoch.map((e) => correlation * e + Math.sqrt(1 - correlation ** 2) * d.normal());
    const errors = predicted.map((p, i) => deviation(p) * (0.8 * own[i] + 0.6 * ofEpoch[i]));
    const shares = errors.map((error) => 1 - error ** 2 / (2 * variance));
    return { errors, shares, score: shares.reduce((sum, share) => sum + share, 0) / n };
  });
  const best = all.reduce((a, b) => (b.score > a.score ? b : a));
  const others = all.filter((one) => one !== best).map(({ score }) => score);
  return { predicted, errors: best.errors, optimism: scoreOptimism({ ...best, others }, best.shares) };
}

/** P(|Z| ≤ z) (Abramowitz & Stegun 7.1.26, error below 1.5e-7). */
function within(z) {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const sum = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (all, a) => all * t + a,
    0,
  );
  return 1 - sum * t * Math.exp(-x * x);
}

/** The share of new samples inside, of those whose prediction lies between two values. */
function coverageOf(bands, from = 0, to = 1) {
  const points = Array.from({ length: 50 }, (_, i) => from + ((to - from) * (i + 0.5)) / 50);
  const inside = points.map((p) => {
    const half = halfWidthAt(bands, p);
    return half === undefined ? 1 : within(half / deviation(p));
  });
  return inside.reduce((sum, share) => sum + share, 0) / points.length;
}

const cases = [
  [1, 0],
  [12, 0],
  [12, 0.9],
  [30, 0.9],
];
const whose = (epochs, correlation) =>
  epochs === 1
    ? "one model"
    : `the best of ${epochs} epochs${correlation > 0 ? `, neighbours with a correlation of ${correlation}` : ""}`;

const row = ([n, part, from, to, least], [epochs, correlation]) => ({
  what: `90 % prediction intervals${part}, ${whose(epochs, correlation)}`,
  ...{ kind: "coverage", n, seeds: 1, promised: [least, 1] },
  run: (d) => {
    const { predicted, errors, optimism } = bestOf(d, n, epochs, correlation);
    return coverageOf(conformalBands(predicted, errors, 1, 0.9, optimism).bands[0], from, to);
  },
});

/** With 30 samples there is one width: it holds the promise on average only. */
export const intervals = cases.flatMap((one) => [
  ...[30, 60, 150, 300].map((n) => row([n, "", 0, 1, 0.895], one)),
  ...[150, 300].map((n) => row([n, " in the highest fifth", 0.8, 1, 0.895], one)),
  row([30, " in the highest fifth (one width)", 0.8, 1, 0.7], one),
]);
