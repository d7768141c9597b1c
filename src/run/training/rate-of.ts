import { EngraftError } from "../../core/errors.js";
import type { TrainResultEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Tensor } from "../../core/tensor.js";
import type { RateSweep } from "../../train/epochs/find-rate.js";
import type { Fit, FitResult } from "../../train/fit.js";
import type { Context } from "../context.js";
import { decideOnce } from "../folder/decide-once.js";

type Start = ReadonlyMap<string, Tensor>;

/** Returns the rate that the finder suggests for a stage; the sweep runs once per run. @returns the peak rate */
export async function foundRate(
  { run, onEvent }: Context,
  stage: string,
  fit: Pick<Fit, "findRate">,
  start?: Start,
): Promise<number> {
  const sweep = await decideOnce(run, `rate of ${stage}`, () => fit.findRate(start));
  onEvent({ event: "rate_finder", stage, ...sweep });
  return sweep.suggested;
}

/** Reports that a training diverged, with a better rate; undefined if it did not. */
export async function reportDivergence(
  context: Pick<Context, "run" | "onEvent">,
  stage: string,
  fit: Pick<Fit, "findRate">,
  { diverged, bestEpoch }: FitResult,
  start: Start = new Map(),
): Promise<TrainResultEvent["diverged"]> {
  if (!diverged) return undefined;
  const { step, rate, words } = diverged;
  const sweep = await decideOnce(context.run, `rate after divergence of ${stage}`, () =>
    fit.findRate(start).catch(none),
  );
  // A training that diverged at the found rate, or below it, needs a smaller one.
  const suggested = sweep === null ? undefined : Math.min(sweep.suggested, rate / 10);
  const text = message("diverged", {
    ...{ stage, words, rate: inWords(rate), epoch: bestEpoch },
    ...(suggested !== undefined && { suggested: inWords(suggested) }),
  });
  context.onEvent({ event: "warning", ...warningText("diverged", text) });
  return { step, rate, ...(suggested !== undefined && { suggested }) };
}

/** A sweep that finds nothing: no rate helps. */
function none(error: unknown): RateSweep | null {
  if (error instanceof EngraftError && error.kind === "NumericError") return null;
  throw error;
}

/** Writes 0.00123 as "0.0012". */
export function inWords(rate: number): string {
  return String(Number(rate.toPrecision(2)));
}
