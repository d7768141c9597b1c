// Rows of `npm run bench -- coverage`: promises about single predictions.
import { chooseThreshold, riskCoverage } from "../dist/evaluate/abstain.js";
import { conformalQuantile, coverageRange } from "../dist/evaluate/prediction-sets.js";

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
    promised: [0.93, 0.97],
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
