import type { Interval } from "../../core/events/events.js";
import { fixed } from "../../core/fixed.js";
import { groupWords } from "../../core/results/group-words.js";
import type { RegressionScores } from "../../core/results/task.js";
import type { Estimate } from "../../tasks/numbers/estimates.js";
import { labelled } from "./labelled.js";
import { formatCount } from "./render.js";

const fraction = (x: number): string => fixed(x, 3);
const short = (x: number): string => String(Number(x.toPrecision(4)));
const range = (interval: Interval | null, show: (x: number) => string): string =>
  interval ? `${show(interval[0])} to ${show(interval[1])}` : "no interval";
/** [0.6, 0.7] -> "95 % confidence interval 0.600 to 0.700" */
const range95 = (interval: Interval | null): string =>
  interval ? `95 % confidence interval ${range(interval, fraction)}` : "no interval";

/** Returns R² with its interval, the errors of each number, and the largest ones. */
export function renderNumbers(scores: RegressionScores, part = "test", what = "items"): string[] {
  const grouped = groupWords(scores, what);
  const lines = labelled(
    part,
    `R² ${fraction(scores.r2)} on ${formatCount(scores.n)} ${what} (${range95(scores.r2_ci95)})`,
    ...(grouped === undefined ? [] : [grouped]),
    ...scores.outputs.flatMap((o) => {
      const p = o.prediction_interval;
      return [
        `${o.name}: R² ${fraction(o.r2)}, mean error ${short(o.mae)} (${range(o.mae_ci95, short)}), RMSE ${short(o.rmse)} (${range(o.rmse_ci95, short)})`,
        ...(p && p.half_width !== null
          ? [
              `  ± ${short(p.half_width)} for ${100 * p.coverage} % of new items; it held for ${(100 * p.test_coverage).toFixed(1)} % of these`,
            ]
          : []),
        ...(p?.half_width === null ? ["  too few validation items for a prediction interval"] : []),
      ];
    }),
  );
  return [
    ...lines,
    ...labelled(
      "worst",
      ...scores.worst
        .slice(0, 5)
        .map((w) => `${w.item}: ${w.output} ${short(w.true)}, answered ${short(w.predicted)}`),
    ),
  ];
}

/** Returns name, value and interval of a predicted number, as columns. */
export function estimateWords({ target, value, interval }: Estimate): string[] {
  return [target, short(value), ...(interval ? [`${short(interval[0])} to ${short(interval[1])}`] : [])];
}
