// Rows of `npm run bench -- coverage`: how often a verdict finds a difference that is not there.
import {
  compareFamily,
  decide,
  difference,
  levelOfRepeatedTest,
  measureDifference,
  splitDifference,
} from "../dist/statistics/index.js";
import {
  alike,
  atMost,
  decidesFalsely,
  drawPredictions,
  excludesZero,
  normals,
  probit,
} from "./coverage-draws.mjs";

export const verdicts = [1, 2, 3, 5, 20].flatMap((seeds) =>
  [50, 300, 2000].flatMap((n) =>
    [0.02, 0.07, 0.14].map((sd) => ({
      ...{
        what: `verdict, trainings differ by ${Math.round(100 * sd)} points`,
        kind: "false-alarm",
        n,
        seeds,
        promised: atMost(0.07),
      },
      run: (d) => {
        const [a, b] = drawPredictions(d, alike(n, seeds, sd));
        return decidesFalsely(difference(a, b));
      },
    })),
  ),
);

export const tastes = [3, 5].flatMap((seeds) =>
  [50, 300, 2000].map((n) => ({
    ...{
      what: "verdict, methods right on other samples",
      kind: "false-alarm",
      n,
      seeds,
      promised: atMost(0.07),
    },
    run: (d) => {
      const [a, b] = drawPredictions(d, alike(n, seeds, 0.02, { interaction: 0.5 }));
      return decidesFalsely(difference(a, b));
    },
  })),
);

export const groupedVerdicts = [
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
        promised: atMost(0.07),
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

export const numbers = [1, 3, 5, 20].flatMap((seeds) =>
  [50, 300, 2000].flatMap((n) =>
    [0.01, 0.03].map((sd) => ({
      ...{
        what: `verdict of R², trainings differ by ${sd}`,
        kind: "false-alarm",
        n,
        seeds,
        promised: atMost(0.08),
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

export const strategies = [
  [4, 3],
  [8, 3],
  [16, 3],
  [4, 5],
  [8, 5],
].flatMap(([m, seeds]) =>
  [
    ["equal scatter", 1, 0.07],
    ["the first scatters 3 times as much", 3, 0.1],
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
      const all = drawPredictions(d, { n: 300, seeds, accuracies: Array(m).fill(0.8), sds });
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

export const repeatedTests = [300, 2000].map((n) => ({
  ...{
    what: "looks at 3, 5, 10 and 20 seeds, any of them false",
    kind: "false-alarm",
    n,
    seeds: 20,
    promised: atMost(0.1),
  },
  run: (d) => {
    const [a, b] = drawPredictions(d, alike(n, 20, 0.07));
    return [3, 5, 10, 20].some((K, i) => {
      const level = levelOfRepeatedTest(i + 1);
      return excludesZero(difference(a.slice(0, K), b.slice(0, K), { level }));
    });
  },
}));

export const margins = [
  [0.02, 3, 2000],
  [0.05, 5, 300],
].map(([margin, seeds, n]) => ({
  ...{
    what: `"no difference" where it is just the margin, ${100 * margin} points`,
    kind: "false-alarm",
    n,
    seeds,
    promised: atMost(0.07),
  },
  run: (d) => {
    const [a, b] = drawPredictions(d, {
      n,
      seeds,
      accuracies: [0.8 + margin, 0.8],
      sds: [0.01 / Math.SQRT2],
    });
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
export const splits = [3, 5, 20].map((seeds) => ({
  ...{
    what: "own divisions of one pool of 300 samples",
    kind: "false-alarm",
    n: 60,
    seeds,
    promised: atMost(0.07),
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
export const averagePrecisions = [3, 5].flatMap((seeds) =>
  [50, 300].map((n) => ({
    ...{ what: "verdict of average precision", kind: "false-alarm", n, seeds, promised: atMost(0.07) },
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
