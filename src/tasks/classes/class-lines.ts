import type { SetMethod } from "../../evaluate/prediction-sets.js";
import type { Answer } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import type { LineOptions, PredictionLine } from "../targets/target.js";

/** Options of the lines of classes. */
export interface ClassLineOptions extends LineOptions {
  /** Adds prediction sets of this method. Default: none. */
  readonly sets?: SetMethod | undefined;
  /** Marks unsure predictions and unusual inputs. Default false. */
  readonly abstain?: boolean | undefined;
  /** Receives the reason why every prediction is unsure, once per prediction. */
  readonly onNoThreshold?: ((why: string) => void) | undefined;
}

interface Classifier<Input> {
  predict(
    inputs: readonly Input[],
    options: Pick<LineOptions, "top" | "tta">,
  ): Promise<readonly (readonly Answer[])[]>;
  assess(inputs: readonly Input[], options: AssessOptions): Promise<readonly Assessment[]>;
}

const cells = (answers: readonly Answer[]): string[] =>
  answers.flatMap(({ label, score }) => [label, score.toFixed(4)]);

const best = (answers: readonly Answer[], top: number) => ({
  label: answers[0]?.label,
  score: answers[0]?.score,
  top: answers.slice(0, top),
});

/** Returns the lines of one class per input. @throws as `predict` and `assess` */
export async function linesOfClasses<Input>(
  { predict, assess }: Classifier<Input>,
  inputs: readonly Input[],
  how: ClassLineOptions,
): Promise<PredictionLine[]> {
  const { sets, abstain, top, tta } = how;
  if (sets !== undefined || abstain === true)
    return (await assess(inputs, { top, ...(sets && { sets }) })).map((one) => lineOfAssessment(one, how));
  return (await predict(inputs, { top, tta })).map((answers) => ({
    event: best(answers, top),
    words: cells(answers.slice(0, top)),
  }));
}

function lineOfAssessment(
  { answers, set, coverage, unsure, threshold, whyNoThreshold, unusual, p }: Assessment,
  { sets, abstain = false, onNoThreshold }: ClassLineOptions,
): PredictionLine {
  if (abstain && whyNoThreshold !== undefined) onNoThreshold?.(whyNoThreshold);
  return {
    event: {
      ...best(answers, answers.length),
      ...(sets !== undefined && { set, coverage }),
      ...(abstain && { unsure, threshold, ...(whyNoThreshold && { why_no_threshold: whyNoThreshold }) }),
      ...(abstain && { unusual, p }),
    },
    words: [
      ...(abstain && unsure ? ["unsure"] : []),
      ...cells(answers),
      ...(sets === undefined ? [] : [`{${set.map(({ label }) => label).join(", ")}}`]),
      ...(abstain && unusual ? [`unusual (p ${p.toFixed(3)})`] : []),
    ],
  };
}

/** Returns the line of several heads: the best class of the first, and all heads by name. */
export function lineOfHeads(heads: Readonly<Record<string, readonly Answer[]>>, top: number): PredictionLine {
  const shown = Object.entries(heads).map(([name, answers]) => [name, answers.slice(0, top)] as const);
  const predicted = shown.map(([name, answers]) => [name, best(answers, answers.length)] as const);
  return {
    event: { ...predicted[0]?.[1], tasks: Object.fromEntries(predicted) },
    words: shown.flatMap(([name, answers]) => [name, ...cells(answers)]),
  };
}
