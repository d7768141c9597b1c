import { formatDuration } from "../../core/duration.js";
import type {
  AdaptCandidate,
  AdaptGain,
  AdaptResultEvent,
  DomainDistance,
} from "../../core/events/events.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { formatCount } from "./render.js";

const state = ({ epoch, trade_off }: AdaptCandidate): string =>
  `epoch ${epoch}${trade_off === undefined ? "" : `, trade-off ${trade_off}`}`;

function distance({ a_distance: a, mmd: m }: DomainDistance): string {
  const parts = [
    ...(a ? [`A-distance ${a.value.toFixed(2)} (${a.ci95.map((x) => x.toFixed(2)).join(" to ")})`] : []),
    ...(m ? [`MMD² ${m.value.toFixed(4)} (p ${m.p < 0.01 ? "< 0.01" : m.p.toFixed(2)})`] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : "too few items to say";
}

const points = (x: number): string => (100 * x).toFixed(1);

/** Returns the note on one training of each side, and on its limits. */
function gainLines({ value, models_ci95: range }: AdaptGain): string[] {
  const models = "of this model over the source-only one";
  return [
    range === null
      ? "none: the two models are right on the same items"
      : `${value >= 0 ? "+" : ""}${points(value)} points ${models}${range ? ` (these two models: from ${points(range[0])} to ${points(range[1])})` : ""}`,
    "one training each: another seed can differ, so whether the method did it is not known",
  ];
}

/** Returns the end of an adaptation. */
export function renderAdaptResult(result: AdaptResultEvent): string[] {
  const { chosen, test, source_only, oracle, gain, method, unit, seconds, weights } = result;
  const lines = [
    ...labelled(
      "adapted",
      `${method.name}: ${method.recipe}`,
      `${formatDuration(seconds.total)} (forecast ${formatDuration(result.forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB (forecast ${Math.round(result.forecast.peak_rss_mb)} MB)`,
    ),
    ...labelled("chosen", `${state(chosen)}, without target labels: ${chosen.by}`),
    ...labelled(
      "distance",
      `before: ${distance(result.distance.before)}`,
      `after:  ${distance(result.distance.after)}`,
    ),
  ];
  if (weights)
    lines.push(
      ...labelled(
        "weights",
        `${formatCount(weights.n)} source ${unit}s count like ${formatCount(weights.effective)}, the largest weight is ${weights.largest.toFixed(1)}`,
      ),
    );
  if (test) {
    lines.push(
      ...labelled(
        "target",
        `accuracy ${percent(test.accuracy)} on ${formatCount(test.n)} ${unit}s (${confidence(test.accuracy_ci95)})`,
      ),
    );
    if (source_only.test && method.name !== "source-only")
      lines.push(
        ...labelled(
          "source-only",
          `accuracy ${percent(source_only.test.accuracy)} (${confidence(source_only.test.accuracy_ci95)})`,
        ),
      );
    if (gain) lines.push(...labelled("gain", ...gainLines(gain)));
    if (oracle)
      lines.push(
        ...labelled(
          "oracle",
          `accuracy ${percent(oracle.target_accuracy ?? Number.NaN)}, had target labels chosen: ${state(oracle)}`,
        ),
      );
  } else
    lines.push(
      ...labelled(
        "target",
        `no labels: how well it does there is not known; label some and run engraft eval`,
      ),
    );
  lines.push(...labelled("model", result.model), ...labelled("run", result.run));
  return lines;
}
