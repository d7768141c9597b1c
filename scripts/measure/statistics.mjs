import { meanInterval } from "../../dist/evaluate/index.js";
import { studentQuantile, studentTwoSided } from "../../dist/statistics/distributions.js";
import { wilsonInterval } from "../../dist/statistics/index.js";

/** Mean and 95 % interval of paired differences, one per draw: t with K - 1 degrees of freedom. */
export { meanInterval };

/**
 * Mean accuracy of draws scored on the same test items, with a 95 % interval over other draws and other test items:
 * half² = t²(K − 1) s²/K + w²,  w the half width of Wilson's interval of one model.
 *
 * s² contains a part of the variation of the items, which then counts twice: the interval is slightly too wide.
 */
export function accuracyInterval(values, items) {
  const { mean, sd } = meanInterval(values);
  const [low, high] = wilsonInterval(mean * items, items);
  const ofItems = ((high - low) / 2) ** 2;
  const ofDraws = sd === null ? 0 : (studentQuantile(0.95, values.length - 1) * sd) ** 2 / values.length;
  const half = Math.sqrt(ofItems + ofDraws);
  return { mean, ci95: [Math.max(0, mean - half), Math.min(1, mean + half)] };
}

/** Mean over sets of each set's mean: tasks of one set share its test items, so a set counts once. */
export function overSets(rows, value) {
  const sets = [...new Set(rows.map(({ set }) => set))];
  const means = sets.map((set) => {
    const own = rows.filter((row) => row.set === set).map(value);
    return own.reduce((a, b) => a + b, 0) / own.length;
  });
  return { ...meanInterval(means), sets: sets.length };
}

/**
 * Two-sided p of such a mean: t = mean / (s / √K) with K − 1 degrees of freedom. Without variation p is 1 or 0. Missing
 * for one draw.
 */
export function pOfMean({ mean, sd }, draws) {
  if (sd === null) return undefined;
  if (sd === 0) return mean === 0 ? 1 : 0;
  return studentTwoSided(mean / (sd / Math.sqrt(draws)), draws - 1);
}
