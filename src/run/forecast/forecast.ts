import { formatEstimate } from "../../core/duration.js";
import type { ForecastEvent } from "../../core/events/events.js";
import type { ForecastFacts } from "../../core/results/counts.js";
import { inWords } from "../../train/step/step-memory.js";

/** What was measured before the run, and how much of it there will be. */
export interface Measured {
  /** Seconds that are over: looking at the data, opening the base, making the step's graph, measuring. Default 0. */
  readonly secondsSpent?: number;
  /** Seconds until a training can begin, its graph and its session, and how many of the baselines will. Default 0. */
  readonly secondsPerStart?: number;
  readonly baselineStarts?: number;
  /** Seconds a picture through decoder and trunk, with both at work at once. */
  readonly secondsPerPicture: number;
  readonly picturesToExtract: number;
  /** Seconds a training step, and how many; 0 steps for a probe. */
  readonly secondsPerStep: number;
  readonly steps: number;
  /** Seconds a picture that is scored, and how many: validation after each epoch, the test part once, views of a solved head. */
  readonly secondsPerScored: number;
  readonly picturesToScore: number;
  /** Seconds that solving a head takes, and how many a training and the baselines solve as they go. Default 0. */
  readonly secondsPerSolve?: number;
  readonly solves?: number;
  readonly baselineSolves?: number;
  /** Seconds that keeping the weights takes after an epoch, and how many epochs there are. Default 0. */
  readonly secondsPerKept?: number;
  readonly epochs?: number;
  /** Epochs, steps and scored pictures of the baselines. */
  readonly baselineEpochs?: number;
  readonly baselineSteps: number;
  readonly baselinePictures: number;
  /** What the other trainings of the run are called in the forecast. Default: "baseline from scratch". */
  readonly extraName?: string;
  /** Whether one of the baselines may end before it has made all its epochs: then not all of them are counted. Default false. */
  readonly mayStopEarly?: boolean;
  readonly peakRssMb: number;
  /** Bytes that the run will hold later and did not when memory was measured. */
  readonly laterBytes: number;
  /** Seconds that the run was given; then it takes those, whatever the steps that were planned would. */
  readonly budget?: number;
}

/** Seconds of the parts of a run, and of all of it as it is planned: without a budget. */
export function secondsOf(m: Measured) {
  const { secondsSpent: spent = 0, secondsPerStart = 0, baselineStarts = 0 } = m;
  const { secondsPerKept = 0, epochs = 0, baselineEpochs = 0 } = m;
  const { secondsPerSolve = 0, solves = 0, baselineSolves = 0 } = m;
  const features = m.picturesToExtract * m.secondsPerPicture;
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
  const planned = Math.round((spent + features + training + baselines + 1) * 10) / 10;
  return { spent, features, training, baselines, planned };
}

/**
 * seconds = spent + pictures · s/picture + steps · s/step + scored pictures · s/scored + epochs · s/kept
 * + solved heads · s/head + starts · s/start + a second for report and files: of the whole run, as its result counts them.
 * Memory is what the measured steps needed, plus what is still to come.
 */
export function forecast(m: Measured): ForecastEvent {
  const { spent, features, training, baselines, planned } = secondsOf(m);
  const { extraName = "baseline from scratch" } = m;
  // What comes before and after the training is not shortened, and without steps nothing fills a budget.
  const seconds =
    m.budget === undefined || m.steps + m.baselineSteps === 0
      ? planned
      : Math.max(m.budget, Math.round((spent + features + 1) * 10) / 10);
  const peak = Math.round(m.peakRssMb + m.laterBytes / 1e6);
  const parts = [
    ...(spent >= 1 ? [`${formatEstimate(spent)} so far`] : []),
    `features ${formatEstimate(features)}`,
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
  return {
    event: "forecast",
    seconds,
    ...range,
    peak_rss_mb: peak,
    words: `${seconds === m.budget ? `about ${formatEstimate(seconds)} (the budget)` : rangeWords(range)}${peak > 0 ? ` and ${inWords(1e6 * peak)} of memory` : ""}: ${parts.join(", ")}`,
  };
}

/** What a result keeps of its forecast. */
export const forecastFacts = ({ seconds, low, high, peak_rss_mb }: ForecastFacts): ForecastFacts => ({
  seconds,
  ...(low !== undefined && { low }),
  ...(high !== undefined && { high }),
  peak_rss_mb,
});

/** A forecast counts as right if it is this near to what the run took, as a share; docs/forecasts.md counts how many are. */
const near = 0.25;

/**
 * Seconds between which a run ends if its forecast is right: took = said / (1 ± 0.25).
 * @param budget seconds that the run was given: where it sets the time there is no range
 */
export function rangeOf(seconds: number, budget?: number): { readonly low: number; readonly high: number } {
  if (seconds === budget) return { low: seconds, high: seconds };
  const told = (s: number): number => Math.round(10 * s) / 10;
  return { low: told(seconds / (1 + near)), high: told(seconds / (1 - near)) };
}

/** Units that ranges are written in: up to `below` seconds, in steps of `step` units. */
const units = [
  { below: 30, seconds: 1, step: 1, unit: "s" },
  { below: 90, seconds: 1, step: 5, unit: "s" },
  { below: 180, seconds: 1, step: 10, unit: "s" },
  { below: 600, seconds: 60, step: 0.5, unit: "min" },
  { below: 5400, seconds: 60, step: 1, unit: "min" },
  { below: Number.POSITIVE_INFINITY, seconds: 3600, step: 0.5, unit: "h" },
] as const;

/**
 * A range of seconds, rounded.
 * @example rangeWords({ low: 39.4, high: 65.7 }) // "about 40 to 65 s"
 */
export function rangeWords({ low, high }: { readonly low: number; readonly high: number }): string {
  const { seconds, step, unit } = units.find(({ below }) => high < below)!;
  const [least, most] = [low, high].map((s) => step * Math.max(1, Math.round(s / seconds / step)));
  return least === most ? `about ${most} ${unit}` : `about ${least} to ${most} ${unit}`;
}
