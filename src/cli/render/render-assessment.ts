import { EngraftError } from "../../core/errors.js";
import type { SetMethod } from "../../evaluate/prediction-sets.js";
import type { Assessment } from "../../inference/assess.js";

/** Options of `predict` for an assessment. */
export interface TrustOptions {
  readonly sets?: SetMethod | undefined;
  readonly abstain?: boolean | undefined;
  /** Receives the reason why every prediction is unsure, once per prediction. */
  readonly onNoThreshold?: (why: string) => void;
}

/**
 * True if an assessment is requested. @throws OptionError together with several views, for which nothing is calibrated
 */
export function asksForTrust({ sets, abstain }: TrustOptions, tta: number): boolean {
  const wanted = sets !== undefined || abstain === true;
  if (wanted && tta > 1)
    throw new EngraftError("OptionError", "--sets and --abstain cannot be used with --tta", {
      help: "leave --tta out: sets and threshold were found out with one view of each picture",
    });
  return wanted;
}

/** Returns an assessment: fields for programs, and cells of a line. */
export function renderAssessment(
  { answers, set, coverage, unsure, threshold, whyNoThreshold, unusual, p }: Assessment,
  { sets, abstain = false, onNoThreshold }: TrustOptions,
): { readonly event: Readonly<Record<string, unknown>>; readonly words: readonly string[] } {
  const [best] = answers;
  if (abstain && whyNoThreshold !== undefined) onNoThreshold?.(whyNoThreshold);
  return {
    event: {
      label: best?.label,
      score: best?.score,
      top: answers,
      ...(sets !== undefined && { set, coverage }),
      ...(abstain && { unsure, threshold, ...(whyNoThreshold && { why_no_threshold: whyNoThreshold }) }),
      ...(abstain && { unusual, p }),
    },
    words: [
      ...(abstain && unsure ? ["unsure"] : []),
      ...answers.flatMap((a) => [a.label, a.score.toFixed(4)]),
      ...(sets === undefined ? [] : [`{${set.map(({ label }) => label).join(", ")}}`]),
      ...(abstain && unusual ? [`unusual (p ${p.toFixed(3)})`] : []),
    ],
  };
}
