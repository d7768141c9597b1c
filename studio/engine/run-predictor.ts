import type { Assessment } from "../../src/inference/assess.js";
import type { WebModel } from "../../src/web/index.js";
import type { Predictor, ShownAnswer } from "./predictor.js";

/** Most answers of a prediction. */
const mostAnswers = 10;

/** Returns the model of a run as the Try page asks it. */
export function runPredictor(model: {
  readonly predict: unknown;
  readonly assess?: unknown;
  close(): void;
}): Predictor {
  const predict = (model as WebModel).predict as (inputs: readonly unknown[]) => Promise<readonly unknown[]>;
  const assess = model.assess as undefined | ((inputs: readonly unknown[]) => Promise<readonly Assessment[]>);
  let threshold: Promise<number | undefined> | undefined;
  let unsureBelow: number | undefined;
  const predictRaw = async (input: unknown) => {
    const [raw] = await predict([input]);
    // The model returns its threshold with a prediction. Models without classes, or without a validation split, have none.
    threshold ??= Promise.resolve(assess?.([input])).then(
      (assessed) => assessed?.[0]?.threshold ?? undefined,
      () => undefined,
    );
    unsureBelow = await threshold;
    return raw;
  };
  return {
    get unsureBelow() {
      return unsureBelow;
    },
    predict: async (input) => shownAnswers(await predictRaw(input)),
    predictRaw,
    close: () => model.close(),
  };
}

/** Returns a prediction of any task as answers: a text, classes, or numbers without a probability; others have none. */
export function shownAnswers(prediction: unknown): readonly ShownAnswer[] {
  const { text, end, tokens } = (prediction ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof text === "string") {
    const isCut = end === "limit" && typeof tokens === "number";
    return [{ label: text.trim(), isText: true, ...(isCut && { cutAt: tokens }) }];
  }
  const answers: readonly unknown[] = Array.isArray(prediction) ? prediction : [];
  return answers.slice(0, mostAnswers).flatMap((answer) => {
    const { label, score, target, value } = answer as Readonly<Record<string, unknown>>;
    if (typeof label === "string") return [{ label, ...(typeof score === "number" && { score }) }];
    return typeof target === "string" ? [{ label: `${target}: ${Number(value).toPrecision(4)}` }] : [];
  });
}
