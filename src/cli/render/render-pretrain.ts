import { formatDuration } from "../../core/duration.js";
import type { Interval, LanguageScores, PretrainResultEvent } from "../../core/events/events.js";
import { labelled } from "./labelled.js";
import { formatCount } from "./render.js";

const between = (interval: Interval | null, digits: number): string =>
  interval ? `95 % interval ${interval.map((x) => x.toFixed(digits)).join(" to ")}` : "no interval";

const perplexity = ({ perplexity: value, perplexity_ci95: interval, accuracy }: LanguageScores): string =>
  `perplexity ${value.toFixed(2)} (${between(interval, 2)}), ${(100 * accuracy).toFixed(1)} % of the tokens right`;

/** Returns the end of a pretraining. */
export function renderPretrainResult(result: PretrainResultEvent): string[] {
  const { objective, before, after, gain, split, rows, epochs, best_epoch, seconds } = result;
  return [
    ...labelled(
      "pretrained",
      `${objective.name}: ${objective.words}`,
      `${formatCount(split.train)} texts in ${formatCount(rows.train)} rows of ${rows.length} tokens, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}, epoch ${best_epoch} kept`,
      `${formatDuration(seconds.total)}, peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ),
    ...labelled(
      "held back",
      `before: ${perplexity(before)}`,
      `after:  ${perplexity(after)}`,
      `loss lower by ${gain.loss.toFixed(4)} (${between(gain.ci95, 4)}) on ${formatCount(after.n)} places`,
    ),
    ...labelled("base", result.model),
    ...labelled("run", result.run),
    ...labelled("next", `engraft train <labelled texts> --base ${result.run}`),
  ];
}
