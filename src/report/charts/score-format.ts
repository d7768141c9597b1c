// How pages write scores, in tables and on charts.
import type { Interval } from "../../core/events/events.js";
import { type MetricName, metrics, type Scale } from "../../core/results/metric.js";
import { decimal, gain, percent, rangeEnds } from "./numbers.js";

interface PageWords {
  readonly to: (low: string, high: string) => string;
}

export interface ScoreFormat {
  /** "84.2 %", "0.842" */
  readonly score: (score: number) => string;
  /** At a line of a chart: "84 %", "0.84". */
  readonly mark: (score: number) => string;
  /** Half an interval, or a difference without its sign: "2.1", "0.021". */
  readonly half: (difference: number) => string;
  /** A difference with its sign: "+2.1", "+0.021". */
  readonly gain: (difference: number) => string;
  /** "83.0 to 91.0 %", "0.830 to 0.910" @param words of a page: `to` writes a range in its language */
  readonly range: (interval: Interval, words: PageWords) => string;
}

export const scoreFormats: Readonly<Record<Scale, ScoreFormat>> = {
  share: {
    score: (score) => percent(score),
    mark: (score) => percent(score, 0),
    half: (difference) => decimal(100 * difference, 1),
    gain,
    range: ([low, high], { to }) => {
      const [first, last] = rangeEnds([100 * low, 100 * high], 1);
      return to(first, `${last}\u00a0%`);
    },
  },
  number: {
    score: (score) => decimal(score),
    mark: (score) => decimal(score, 2),
    half: (difference) => decimal(difference),
    gain: (difference) => `${difference > 0 ? "+" : ""}${decimal(difference)}`,
    range: (interval, { to }) => to(...rangeEnds(interval)),
  },
};

/** Returns how tables and charts write scores of a metric. */
export const formatOf = (metric: MetricName): ScoreFormat => scoreFormats[metrics[metric].scale];

/** Returns how sentences about one run write scores of a metric. */
export const formatInRun = (metric: MetricName): ScoreFormat => scoreFormats[metrics[metric].sentenceScale];

/** Returns the lowest score that a chart shows. */
export const lowestOf = (metric: MetricName): number => (metrics[metric].range === "any" ? -1 : 0);
