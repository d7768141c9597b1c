import { formatEstimate } from "../../core/duration.js";
import type { ForecastEvent } from "../../core/events/events.js";
import type { ForecastFacts } from "../../core/results/counts.js";
import type { Device } from "../../runtime/device.js";
import { inWords } from "../../train/step/step-memory.js";

/** Measurements before the run, and the amount of work. */
export interface Measured {
  /** Seconds already spent: opening the data and the base, making the step's graph, measuring. Default 0. */
  readonly secondsSpent?: number;
  /** Seconds until a training can begin (graph and session), and how many of the baselines will. Default 0. */
  readonly secondsPerStart?: number;
  readonly baselineStarts?: number;
  /** Seconds per image through decoder and backbone in parallel. */
  readonly secondsPerPicture: number;
  readonly picturesToExtract: number;
  /** Seconds per training step, and number of steps; 0 for a probe. */
  readonly secondsPerStep: number;
  readonly steps: number;
  /**
   * Seconds per scored image, and their number: validation after each epoch, the test split once, views of a solved
   * head.
   */
  readonly secondsPerScored: number;
  readonly picturesToScore: number;
  /** Seconds to solve a head, and how many heads a training and the baselines solve. Default 0. */
  readonly secondsPerSolve?: number;
  readonly solves?: number;
  readonly baselineSolves?: number;
  /** Seconds of models that are solved, whatever the length of the training. Default 0. */
  readonly secondsSolving?: number;
  /** Seconds to save the weights after an epoch, and number of epochs. Default 0. */
  readonly secondsPerKept?: number;
  readonly epochs?: number;
  /** Epochs, steps and scored images of the baselines. */
  readonly baselineEpochs?: number;
  readonly baselineSteps: number;
  readonly baselinePictures: number;
  /** Name of the additional trainings in the forecast. Default: "baseline from scratch". */
  readonly extraName?: string;
  /** True if a baseline may end before all its epochs: then not all of them count. Default false. */
  readonly mayStopEarly?: boolean;
  /** Where the steps were measured. Default "cpu". */
  readonly device?: Device;
  readonly peakRssMb: number;
  /** Bytes that the run will hold later, not yet included in the measured memory. */
  readonly laterBytes: number;
  /** The time budget in seconds; it replaces the time of the planned steps. */
  readonly budget?: number;
  /** Seconds of the run after which no features are computed. Default: none. */
  readonly featuresEnd?: number;
}

/** Seconds of the parts of a run, and of the whole as planned, without a budget. */
export function secondsOf(m: Measured) {
  const { secondsSpent: spent = 0, secondsPerStart = 0, baselineStarts = 0 } = m;
  const { secondsPerKept = 0, epochs = 0, baselineEpochs = 0 } = m;
  const { secondsPerSolve = 0, solves = 0, baselineSolves = 0 } = m;
  const { featuresEnd: end = Number.POSITIVE_INFINITY } = m;
  const features = Math.min(m.picturesToExtract * m.secondsPerPicture, Math.max(0, end - spent));
  const training =
    m.steps * m.secondsPerStep +
    m.picturesToScore * m.secondsPerScored +
    solves * secondsPerSolve +
    epochs * secondsPerKept;
  const baselines =
    m.baselineSteps * m.secondsPerStep +
    m.baselinePictures * m.secondsPerScored +
    baselineSolves * secondsPerSolve +
    baselineEpochs * secondsPerKept +
    baselineStarts * secondsPerStart;
  const { secondsSolving: solving = 0 } = m;
  const planned = Math.round((spent + features + solving + training + baselines + 1) * 10) / 10;
  return { spent, features, solving, training, baselines, planned };
}

/**
 * seconds = spent + images · s/image + steps · s/step + scored images · s/scored + epochs · s/kept + solved heads ·
 * s/head + solved models + starts · s/start + a second for report and files: the whole run, as in its result. Memory is that of the
 * measured steps plus what will be added later.
 */
export function forecast(m: Measured): ForecastEvent {
  const { spent, features, solving, training, baselines, planned } = secondsOf(m);
  const { extraName = "baseline from scratch" } = m;
  // Time that has passed and solved models are not shortened. Without steps nothing fills a budget.
  const seconds =
    m.budget === undefined || m.steps + m.baselineSteps === 0
      ? planned
      : Math.max(m.budget, Math.round((spent + features + solving + 1) * 10) / 10);
  const peak = Math.round(m.peakRssMb + m.laterBytes / 1e6);
  const parts = [
    ...(spent >= 1 ? [`${formatEstimate(spent)} so far`] : []),
    `features ${formatEstimate(features)}`,
    ...(solving >= 1 ? [`solved models ${formatEstimate(solving)}`] : []),
  ];
  if (m.budget !== undefined && m.steps + m.baselineSteps > 0)
    parts.push(
      `the rest is ${m.steps > 0 ? "training" : extraName} (steps of ${Math.round(m.secondsPerStep * 1000)} ms)`,
    );
  else if (m.steps > 0)
    parts.push(
      `training ${formatEstimate(training)} (${m.steps} steps of ${Math.round(m.secondsPerStep * 1000)} ms)`,
    );
  if (m.steps === 0 && m.picturesToScore > 0)
    parts.push(`scoring ${formatEstimate(training)} (${m.picturesToScore} views)`);
  if (m.baselineSteps > 0 && m.budget === undefined)
    parts.push(`${extraName} ${formatEstimate(baselines)}${m.mayStopEarly ? " (may stop early)" : ""}`);
  const range = rangeOf(seconds, m.budget);
  const { device = "cpu" } = m;
  return {
    event: "forecast",
    seconds,
    ...range,
    peak_rss_mb: peak,
    ...(device !== "cpu" && { device }),
    words: `${seconds === m.budget ? `about ${formatEstimate(seconds)} (the budget)` : rangeWords(range)}${peak > 0 ? ` and ${inWords(1e6 * peak)} of memory` : ""}${device === "cpu" ? "" : " on the GPU"}: ${parts.join(", ")}`,
  };
}

/** The forecast's facts in a result. */
export const forecastFacts = ({ seconds, low, high, peak_rss_mb, device }: ForecastFacts): ForecastFacts => ({
  seconds,
  ...(low !== undefined && { low }),
  ...(high !== undefined && { high }),
  peak_rss_mb,
  ...(device !== undefined && { device }),
});

/** A forecast counts as correct within this share of the actual time; docs/forecasts.md counts how many are. */
const near = 0.25;

/**
 * Range of the actual time if the forecast is correct: forecast / (1 ± 0.25).
 * @param budget seconds: if it sets the time there is no range
 */
export function rangeOf(seconds: number, budget?: number): { readonly low: number; readonly high: number } {
  if (seconds === budget) return { low: seconds, high: seconds };
  const rounded = (s: number): number => Math.round(10 * s) / 10;
  return { low: rounded(seconds / (1 + near)), high: rounded(seconds / (1 - near)) };
}

/** Units of ranges: up to `below` seconds, in steps of `step` units. */
const units = [
  { below: 30, seconds: 1, step: 1, unit: "s" },
  { below: 90, seconds: 1, step: 5, unit: "s" },
  { below: 180, seconds: 1, step: 10, unit: "s" },
  { below: 600, seconds: 60, step: 0.5, unit: "min" },
  { below: 5400, seconds: 60, step: 1, unit: "min" },
  { below: Number.POSITIVE_INFINITY, seconds: 3600, step: 0.5, unit: "h" },
] as const;

/**
 * Writes a rounded range of seconds.
 * @example rangeWords({ low: 39.4, high: 65.7 }) // "about 40 to 65 s"
 */
export function rangeWords({ low, high }: { readonly low: number; readonly high: number }): string {
  const { seconds, step, unit } = units.find(({ below }) => high < below)!;
  const [least, most] = [low, high].map((s) => step * Math.max(1, Math.round(s / seconds / step)));
  return least === most ? `about ${most} ${unit}` : `about ${least} to ${most} ${unit}`;
}
