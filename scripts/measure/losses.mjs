// Compares strategies by the log loss on the test split, which measures confidence, unlike accuracy.
import { holm } from "../../dist/statistics/index.js";
import { meanInterval, pOfMean } from "./statistics.mjs";

/**
 * Returns label -> mean test loss in nats, and the difference to the baseline: its mean over the shared draws, the 95 %
 * interval (t), and p of Student's test on one value per draw, with Holm's correction for the rows of the table.
 *
 * @param rows of one table
 * @param baseline the strategy to compare with
 */
export function comparedLosses(rows, baseline) {
  const lossesOf = (label) => rows.filter((r) => r.strategy === label);
  const theirs = new Map(lossesOf(baseline).map((r) => [r.seed, r.loss]));
  const found = [...new Set(rows.map((r) => r.strategy))].map((label) => {
    const own = lossesOf(label);
    const mean = meanInterval(own.map((r) => r.loss)).mean;
    const differences = own.filter((r) => theirs.has(r.seed)).map((r) => r.loss - theirs.get(r.seed));
    if (label === baseline || differences.length === 0) return { label, mean };
    const to = meanInterval(differences);
    return { label, mean, to, p: pOfMean(to, differences.length) };
  });
  const tested = found.filter(({ p }) => p !== undefined);
  const adjusted = holm(tested.map(({ p }) => p));
  return new Map(
    found.map(({ label, mean, to, p }) => [
      label,
      {
        mean,
        ...(to && { to }),
        ...(p !== undefined && {
          finding: findingOf(to, adjusted[tested.findIndex((t) => t.label === label)]),
        }),
      },
    ]),
  );
}

function findingOf({ mean, ci95 }, p) {
  const outside = ci95[0] > 0 || ci95[1] < 0;
  return outside && p < 0.05 ? (mean < 0 ? "better" : "worse") : "undecided";
}
