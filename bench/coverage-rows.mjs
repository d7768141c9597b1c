// The rows of `npm run bench -- coverage`: the promised rate, and one trial.
import {
  compareFamily,
  decide,
  difference,
  estimate,
  levelOfRepeatedTest,
  measureDifference,
  planSeeds,
  splitDifference,
} from "../dist/statistics/index.js";
import { verdictsWithBaselines } from "./coverage-baselines.mjs";
import { choice } from "./coverage-choice.mjs";
import { curveRows } from "./coverage-curve.mjs";
import { dense } from "./coverage-dense.mjs";
import { measures } from "./coverage-measures.mjs";
import { speech } from "./coverage-speech.mjs";
import { abstained, chosen, setRanges } from "./coverage-trust.mjs";

/** Φ⁻¹, by Acklam's rational approximation (relative error below 1.15e-9). */
function probit(p) {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  ];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
      ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1)
    );
  }
  if (p > 1 - 0.02425) return -probit(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q) /
    (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1)
  );
}

const clamp = (p) => Math.min(0.995, Math.max(0.005, p));
const normals = (d, n) => Float64Array.from({ length: n }, () => d.normal());

/**
 * Right and wrong predictions of trainings: [method][seed][sample].
 * @param accuracies expected accuracy of each method
 * @param sds standard deviation of each method's trainings
 * @param rho correlation of the difficulty within a group
 * @param interaction standard deviation of a method's own difficulties
 */
function answers(d, { n, seeds, accuracies, sds, groups, rho = 0, interaction = 0 }) {
  const own = normals(d, n);
  const shared = groups ? normals(d, Math.max(...groups) + 1) : undefined;
  const hardness = groups
    ? own.map((u, i) => Math.sqrt(rho) * shared[groups[i]] + Math.sqrt(1 - rho) * u)
    : own;
  const rest = Math.sqrt(1 - 0.64 - interaction ** 2);
  return accuracies.map((accuracy, method) => {
    const taste = interaction > 0 ? normals(d, n) : undefined;
    return Array.from({ length: seeds }, () => {
      const p = probit(clamp(accuracy + (sds[method] ?? sds[0]) * d.normal()));
      return Float64Array.from({ length: n }, (_, i) =>
        Number(p + 0.8 * hardness[i] + (taste ? interaction * taste[i] : 0) + rest * d.normal() > 0),
      );
    });
  });
}

const alike = (n, seeds, sd, more = {}) => ({
  n,
  seeds,
  accuracies: [0.8, 0.8],
  sds: [sd / Math.SQRT2],
  ...more,
});
const excludesZero = ({ interval }) => interval !== null && (interval[0] > 0 || interval[1] < 0);
const covers = ({ interval }, truth) => interval !== null && interval[0] <= truth && truth <= interval[1];
/** Conservative results are allowed with few seeds or samples. */
const atMost = (bound) => [0, bound];

const oneModel = [20, 50, 300, 2000].flatMap((n) =>
  [0.6, 0.8, 0.95].map((p) => ({
    ...{ what: `accuracy ${p} of one model`, kind: "coverage", n, seeds: 1, promised: [0.93, 0.97] },
    run: (d) => covers(estimate([answers(d, { n, seeds: 1, accuracies: [p], sds: [0] })[0][0]]), p),
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
      ...{ n: count * size, seeds: 1, promised: [0.93, 0.97] },
      run: (d) => {
        const [model] = answers(d, {
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
  [0.3, 0.6].map((rho) => {
    const groups = unequalGroups(n, count);
    return {
      what: `accuracy of one model, ${count} groups of sizes in proportion to 1, 1/2, 1/3 …, correlation ${rho}`,
      ...{ kind: "coverage", n, seeds: 1, promised: [0.93, 0.97] },
      run: (d) => {
        const how = { n, seeds: 1, accuracies: [0.8], sds: [0], groups, rho: rho / 0.64 };
        return covers(estimate(answers(d, how)[0], { groups }), 0.8);
      },
    };
  }),
);

const twoModels = [50, 300, 2000].map((n) => ({
  ...{ what: "difference of two models", kind: "coverage", n, seeds: 1, promised: [0.93, 0.97] },
  run: (d) => {
    const [a, b] = answers(d, { n, seeds: 1, accuracies: [0.8, 0.75], sds: [0] });
    return covers(difference(a, b), 0.05);
  },
}));

const ofTraining = [3, 5, 20].flatMap((seeds) =>
  [50, 300, 2000].map((n) => ({
    ...{ what: "accuracy of a way of training", kind: "coverage", n, seeds, promised: [0.93, 1] },
    run: (d) => covers(estimate(answers(d, { n, seeds, accuracies: [0.8], sds: [0.01] })[0]), 0.8),
  })),
);

const decidesFalsely = (found) => ["better", "worse"].includes(decide(found, { margin: 0 }));

const verdicts = [1, 2, 3, 5, 20].flatMap((seeds) =>
  [50, 300, 2000].flatMap((n) =>
    [0.02, 0.07, 0.14].map((sd) => ({
      ...{
        what: `verdict, trainings differ by ${Math.round(100 * sd)} points`,
        kind: "false-alarm",
        n,
        seeds,
        promised: atMost(0.06),
      },
      run: (d) => {
        const [a, b] = answers(d, alike(n, seeds, sd));
        return decidesFalsely(difference(a, b));
      },
    })),
  ),
);

const tastes = [3, 5].flatMap((seeds) =>
  [50, 300, 2000].map((n) => ({
    ...{
      what: "verdict, methods right on other samples",
      kind: "false-alarm",
      n,
      seeds,
      promised: atMost(0.06),
    },
    run: (d) => {
      const [a, b] = answers(d, alike(n, seeds, 0.02, { interaction: 0.5 }));
      return decidesFalsely(difference(a, b));
    },
  })),
);

const groupedVerdicts = [
  [10, 30],
  [30, 10],
].flatMap(([count, size]) =>
  [3, 5].map((seeds) => {
    const n = count * size;
    const groups = Array.from({ length: n }, (_, i) => Math.floor(i / size));
    return {
      ...{
        what: `verdict, ${count} groups of ${size}`,
        kind: "false-alarm",
        n,
        seeds,
        promised: atMost(0.06),
      },
      run: (d) => {
        // A method's own difficulties are shared within groups.
        const common = normals(d, count);
        const make = () => {
          const taste = normals(d, count);
          return Array.from({ length: seeds }, () => {
            const p = probit(0.8 + (0.02 / Math.SQRT2) * d.normal());
            return Float64Array.from(groups, (g) =>
              Number(p + 0.6 * common[g] + 0.5 * taste[g] + Math.sqrt(0.39) * d.normal() > 0),
            );
          });
        };
        return decidesFalsely(difference(make(), make(), { groups }));
      },
    };
  }),
);

const numbers = [1, 3, 5, 20].flatMap((seeds) =>
  [50, 300, 2000].flatMap((n) =>
    [0.01, 0.03].map((sd) => ({
      ...{
        what: `verdict of R², trainings differ by ${sd}`,
        kind: "false-alarm",
        n,
        seeds,
        promised: atMost(0.06),
      },
      run: (d) => {
        const truth = normals(d, n);
        const centre = truth.reduce((s, v) => s + v, 0) / n;
        const spread = truth.reduce((s, v) => s + (v - centre) ** 2, 0) / n;
        const common = normals(d, n);
        const side = () =>
          Array.from({ length: seeds }, () => {
            const error = Math.sqrt(Math.max(0.05, 0.4 + sd * d.normal()));
            return truth.map(
              (_, i) =>
                1 - (error * (Math.sqrt(0.8) * common[i] + Math.sqrt(0.2) * d.normal())) ** 2 / spread,
            );
          });
        return decidesFalsely(difference(side(), side()));
      },
    })),
  ),
);

const strategies = [
  [4, 3],
  [8, 3],
  [16, 3],
  [4, 5],
  [8, 5],
].flatMap(([m, seeds]) =>
  [
    ["equal scatter", 1, 0.06],
    ["the first scatters 3 times as much", 3, 0.08],
  ].map(([how, factor, bound]) => ({
    ...{
      what: `table of ${m} strategies, any false finding, ${how}`,
      kind: "false-alarm",
      n: 300,
      seeds,
      promised: atMost(bound),
    },
    run: (d, r) => {
      const sds = Array.from({ length: m }, (_, j) => (j === 0 ? 0.02 * factor : 0.02));
      const all = answers(d, { n: 300, seeds, accuracies: Array(m).fill(0.8), sds });
      const winner = 1 + (r % (m - 1));
      const pairs = Array.from({ length: m }, (_, j) => [j, 0])
        .slice(1)
        .concat(Array.from({ length: m }, (_, j) => [winner, j]).filter(([a, b]) => b !== 0 && a !== b));
      return compareFamily(all, pairs).some(
        (one) => decide(one, { margin: 0, p: one.pHolm }) !== "undecided",
      );
    },
  })),
);

const looks = [300, 2000].map((n) => ({
  ...{
    what: "looks at 3, 5, 10 and 20 seeds, any of them false",
    kind: "false-alarm",
    n,
    seeds: 20,
    promised: atMost(0.06),
  },
  run: (d) => {
    const [a, b] = answers(d, alike(n, 20, 0.07));
    return [3, 5, 10, 20].some((K, i) => {
      const level = levelOfRepeatedTest(i + 1);
      return excludesZero(difference(a.slice(0, K), b.slice(0, K), { level }));
    });
  },
}));

const margins = [
  [0.02, 3, 2000],
  [0.05, 5, 300],
].map(([margin, seeds, n]) => ({
  ...{
    what: `"no difference" where it is just the margin, ${100 * margin} points`,
    kind: "false-alarm",
    n,
    seeds,
    promised: atMost(0.06),
  },
  run: (d) => {
    const [a, b] = answers(d, { n, seeds, accuracies: [0.8 + margin, 0.8], sds: [0.01 / Math.SQRT2] });
    return decide(difference(a, b), { margin }) === "equivalent";
  },
}));

/** Solves a x = b for a symmetric positive matrix by elimination. */
function solve(a, b) {
  const m = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < m.length; i++)
    for (let r = i + 1; r < m.length; r++) {
      const f = m[r][i] / m[i][i];
      for (let c = i; c <= m.length; c++) m[r][c] -= f * m[i][c];
    }
  const x = new Array(m.length).fill(0);
  for (let i = m.length - 1; i >= 0; i--) {
    let sum = m[i][m.length];
    for (let c = i + 1; c < m.length; c++) sum -= m[i][c] * x[c];
    x[i] = sum / m[i][i];
  }
  return x;
}

/**
 * Accuracy of the sign of a ridge regression on the test split, trained on the train split with some of the features.
 */
function ridgeAccuracy(x, y, { train, test }, features) {
  const gram = features.map((f) =>
    features.map((g) => train.reduce((s, i) => s + x[i][f] * x[i][g], f === g ? 10 : 0)),
  );
  const moment = features.map((f) => train.reduce((s, i) => s + x[i][f] * y[i], 0));
  const weights = solve(gram, moment);
  const right = test.filter((i) => y[i] * features.reduce((s, f, k) => s + x[i][f] * weights[k], 0) > 0);
  return right.length / test.length;
}

/** Ridge on either half of exchangeable features: both methods are equally good on average. */
const splits = [3, 5, 20].map((seeds) => ({
  ...{
    what: "own divisions of one pool of 300 samples",
    kind: "false-alarm",
    n: 60,
    seeds,
    promised: atMost(0.06),
  },
  run: (d) => {
    const x = Array.from({ length: 300 }, () => normals(d, 10));
    const y = x.map((row) => (row.reduce((s, v) => s + v, 0) + 2 * d.normal() > 0 ? 1 : -1));
    const gains = Array.from({ length: seeds }, () => {
      const order = Array.from({ length: 300 }, (_, i) => [d.uniform(), i]).sort(([p], [q]) => p - q);
      const all = order.map(([, i]) => i);
      const parts = { test: all.slice(0, 60), train: all.slice(60) };
      return ridgeAccuracy(x, y, parts, [0, 1, 2, 3, 4]) - ridgeAccuracy(x, y, parts, [5, 6, 7, 8, 9]);
    });
    return excludesZero(splitDifference(gains, { test: 60, train: 240 }));
  },
}));

/** Average precision of scores that are drawn for each training. */
const averagePrecisions = [3, 5].flatMap((seeds) =>
  [50, 300].map((n) => ({
    ...{ what: "verdict of average precision", kind: "false-alarm", n, seeds, promised: atMost(0.06) },
    run: (d) => {
      const truth = Array.from({ length: n }, () => d.chance(0.3));
      const common = normals(d, n);
      const side = () =>
        Array.from({ length: seeds }, () => {
          const skill = 1 + 0.1 * d.normal();
          return truth.map((t, i) => skill * Number(t) + 0.8 * common[i] + 0.6 * d.normal());
        });
      const sides = { a: side(), b: side() };
      const measure = (method, k, drawn) => {
        const order = Array.from(drawn).sort((i, j) => sides[method][k][j] - sides[method][k][i]);
        let [found, sum] = [0, 0];
        order.forEach((i, rank) => {
          if (truth[i]) sum += ++found / (rank + 1);
        });
        return found === 0 ? Number.NaN : sum / found;
      };
      return decidesFalsely(measureDifference({ samples: n, seeds, measure }, { repeats: 100 }));
    },
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
      const [a, b] = answers(d, { n, seeds: 3, accuracies: [0.7 + worth, 0.7], sds: [sd / Math.SQRT2] });
      const { squares } = difference(a, b);
      const seeds = squares && planSeeds(squares, worth).seeds;
      if (!seeds) continue;
      const [c, e] = answers(d, { n, seeds, accuracies: [0.7 + worth, 0.7], sds: [sd / Math.SQRT2] });
      return excludesZero(difference(c, e));
    }
  },
}));

export const rows = [
  ...abstained,
  ...setRanges,
  ...chosen,
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
  ...verdictsWithBaselines(answers),
  ...numbers,
  ...averagePrecisions,
  ...strategies,
  ...splits,
  ...looks,
  ...margins,
  ...plans,
  ...curveRows(answers),
];
