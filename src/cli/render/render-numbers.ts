import { formatDuration } from "../../core/duration.js";
import {
  type AnyResultEvent,
  type Interval,
  isTrainResult,
  type RegressionResultEvent,
  type TableResultEvent,
} from "../../core/events/events.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import { groupWords } from "../../core/results/group-words.js";
import type { ResultWithHead } from "../../core/results/result-of.js";
import { factsOf, type Head, hasTask, type RegressionScores } from "../../core/results/task.js";
import type { Estimate } from "../../tasks/numbers/estimates.js";
import { epochsKept } from "./epochs-kept.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import {
  divergenceLine,
  formatCount,
  lastLines,
  renderScores,
  renderTrainResult,
  viewsLine,
} from "./render.js";
import { renderEntitiesResult } from "./render-entities.js";
import { renderLabelsResult } from "./render-labels.js";
import { trustSummary } from "./render-trust.js";
import { scratchLines } from "./scratch-lines.js";
import { seedsLines } from "./seeds-lines.js";

const fraction = (x: number): string => x.toFixed(3);
const short = (x: number): string => String(Number(x.toPrecision(4)));
const range = (interval: Interval | null, show: (x: number) => string): string =>
  interval ? `${show(interval[0])} to ${show(interval[1])}` : "no interval";
/** [0.6, 0.7] -> "95 % confidence interval 0.600 to 0.700" */
const range95 = (interval: Interval | null): string =>
  interval ? `95 % confidence interval ${range(interval, fraction)}` : "no interval";

/** R² with its interval, the errors of each number, and those furthest off. */
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

/** Renders the end of a training run, by head. A head without a row does not compile. */
const renderers: { readonly [H in Head]: (result: ResultWithHead<H>) => string[] } = {
  classes: (result) => (isTrainResult(result) ? renderTrainResult(result) : renderTaskResult(result)),
  labels: renderLabelsResult,
  numbers: renderTaskResult,
  tags: renderEntitiesResult,
};
const renderWith = <H extends Head>(head: H, result: ResultWithHead<H>): string[] => renderers[head](result);

/** The end of a training run of any task. */
export const renderAnyResult = (result: AnyResultEvent): string[] =>
  renderWith(factsOf(result.task).head, result);

/** The end of a training run on numbers, or on classes of rows. */
function renderTaskResult(result: RegressionResultEvent | TableResultEvent): string[] {
  const what = `${factsOf(result.task).sample}s`;
  const { seconds, forecast } = result;
  const lines = labelled(
    "trained",
    ...(result.epochs > 0 ? [epochsKept(result, "validation")] : []),
    `${formatDuration(seconds.total)} (forecast ${formatDuration(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ...divergenceLine(result),
  );
  if (hasTask(result, { head: "classes" }))
    lines.push(
      ...renderScores(result.test, "test", what),
      ...(result.trust ? labelled("trust", ...trustSummary(result.trust)) : []),
    );
  else
    lines.push(
      ...renderNumbers(result.test, "test", what),
      ...viewsLine(result.tta, ({ r2, r2_ci95 }) => `R² ${fraction(r2)} (${range95(r2_ci95)})`),
    );
  for (const [name, baseline] of Object.entries(result.baselines)) {
    if (!baseline) continue;
    const { metric } = baseline.test;
    const isNumbers = metric.name === "r2";
    const score = isNumbers ? `R² ${fraction(metric.value)}` : `accuracy ${percent(metric.value)}`;
    const interval =
      isNumbers || metric.ci95 === null
        ? range95(metric.ci95)
        : confidence(metric.ci95, baseline.test.few_groups);
    const between = constantBaselines.has(name) ? "" : ` (${interval})`;
    lines.push(...labelled(name, `${score}${between}: ${baseline.recipe}`, ...scratchLines(baseline)));
  }
  if ("by_seed" in result) lines.push(...seedsLines(result.by_seed));
  return [...lines, ...lastLines(result)];
}

/** Name, value and interval of a predicted number, as columns. */
export function estimateWords({ target, value, interval }: Estimate): string[] {
  return [target, short(value), ...(interval ? [`${short(interval[0])} to ${short(interval[1])}`] : [])];
}
