import { type ScoreName, scoreNames } from "../results/metric.js";

/** Scores of a finished training under the names of part and metric: `test_accuracy`, `validation_f1`. */
type RunScores = { readonly [S in `${"test" | "validation"}_${ScoreName}`]?: number };

/** In a comparison: a training begins, was already done, or ended. Its own events follow until the next of these. */
export interface RunEvent extends RunScores {
  readonly event: "run";
  readonly state: "started" | "kept" | "done" | "failed";
  readonly label: string;
  readonly seed: number;
  /** 1 … `of` */
  readonly number: number;
  readonly of: number;
  /** Its run folder. */
  readonly run: string;
  readonly seconds?: number;
  readonly peak_rss_mb?: number;
  /** Bytes of the model's ONNX files, and of its adapter if there is one. */
  readonly model_bytes?: number;
  readonly adapter_bytes?: number;
  /** For the whole comparison; known once each strategy has run. */
  readonly seconds_left?: number;
  readonly error?: { readonly kind: string; readonly message: string };
}

/** A score on each part. A diagnosis has none on the test part. */
export interface RunScore {
  readonly metric: ScoreName;
  readonly test?: number;
  readonly validation: number;
}

/** Returns the fields of an event that hold a score. */
export const runScoreFields = ({ metric, test, validation }: Required<RunScore>): RunScores => ({
  [`test_${metric}`]: test,
  [`validation_${metric}`]: validation,
});

/** Returns the score of a finished training; undefined for other events. */
export function runScoreOf(event: RunEvent): RunScore | undefined {
  const metric = scoreNames.find((name) => event[`validation_${name}`] !== undefined);
  if (metric === undefined) return undefined;
  const { [`test_${metric}` as const]: test, [`validation_${metric}` as const]: validation } = event;
  return { metric, ...(test !== undefined && { test }), validation: validation! };
}

/** The studio is served: the address of its page. */
export interface ServingEvent {
  readonly event: "serving";
  readonly url: string;
  readonly run: string;
}
