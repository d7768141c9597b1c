import type { Answer } from "../../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../../inference/assess.js";
import type { BoxModel } from "../../../tasks/boxes/box-model.js";
import type { TasksModel } from "../../../tasks/classes/image-model.js";
import type { EntityModel } from "../../../tasks/entities/entity-model.js";
import type { LabelModel } from "../../../tasks/labels/label-model.js";
import type { MaskModel } from "../../../tasks/masks/mask-model.js";
import type { Estimate } from "../../../tasks/numbers/estimates.js";
import type { TextOrPair } from "../../../tasks/texts/require-texts.js";
import { percent } from "../../render/percent.js";
import { asksForTrust, renderAssessment, type TrustOptions } from "../../render/render-assessment.js";
import { estimateWords } from "../../render/render-numbers.js";

/** Prediction: fields for programs, and cells of a line for people. */
export interface Prediction {
  readonly event: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
}

/** Predicts for inputs. */
export type Predictor<Input> = (inputs: readonly Input[]) => Promise<readonly Prediction[]>;

interface PredictorOptions {
  readonly top: number;
  readonly tta: number;
}

interface Classifier<Input> {
  predict(inputs: readonly Input[], options?: PredictorOptions): Promise<readonly (readonly Answer[])[]>;
  assess(inputs: readonly Input[], options?: AssessOptions): Promise<readonly Assessment[]>;
}

const cells = (answers: readonly Answer[]): string[] =>
  answers.flatMap(({ label, score }) => [label, score.toFixed(4)]);

const best = (answers: readonly Answer[], top: number) => ({
  ...{ label: answers[0]?.label, score: answers[0]?.score },
  top: answers.slice(0, top),
});

/** One class per input. */
export function classesOf<Input>(
  model: Classifier<Input>,
  predictOptions: PredictorOptions & TrustOptions,
): Predictor<Input> {
  const { sets, top, tta } = predictOptions;
  if (asksForTrust(predictOptions, tta))
    return async (inputs) =>
      (await model.assess(inputs, { top, ...(sets && { sets }) })).map((one) =>
        renderAssessment(one, predictOptions),
      );
  return async (inputs) =>
    (await model.predict(inputs, { top, tta })).map((answers) => ({
      event: best(answers, top),
      words: cells(answers.slice(0, top)),
    }));
}

/** Boxes in pictures. */
export function boxesOf(model: BoxModel): Predictor<string> {
  return async (inputs) =>
    (await model.predict(inputs)).map((boxes) => ({
      event: { boxes },
      words: boxes.map(({ label, score, box: { xmin, ymin, xmax, ymax } }) =>
        [label, score.toFixed(4), ...[xmin, ymin, xmax, ymax].map((x) => x.toFixed(1))].join(" "),
      ),
    }));
}

/** Classes of the pixels of pictures: the share of each, its mean probability, and for programs its mask as PNG in base64. */
export function masksOf(model: MaskModel): Predictor<string> {
  return async (inputs) => {
    const { greyPng } = await import("../../../data/masks/write-png.js");
    const all: Prediction[] = [];
    for (const found of await model.predict(inputs)) {
      const masks = [];
      for (const { label, score, mask } of found) {
        const share = mask.data.reduce((n, v) => n + (v > 0 ? 1 : 0), 0) / mask.data.length;
        masks.push({ score, label, share, mask: Buffer.from(await greyPng(mask)).toString("base64") });
      }
      const words = masks.map(({ label, share, score }) => `${label} ${percent(share)} ${score.toFixed(4)}`);
      all.push({ event: { masks }, words });
    }
    return all;
  };
}

/** Several heads: the first as for one head, and all of them by name. */
export function headsOf(model: TasksModel, predictOptions: PredictorOptions): Predictor<string> {
  return async (inputs) =>
    (await model.predict(inputs, predictOptions)).map((heads) => {
      const predicted = Object.entries(heads).map(([name, its]) => [name, best(its, its.length)] as const);
      return {
        event: { ...predicted[0]?.[1], tasks: Object.fromEntries(predicted) },
        words: Object.entries(heads).flatMap(([name, its]) => [name, ...cells(its)]),
      };
    });
}

/** Numbers. */
export function numbersOf<Input>(
  model: {
    predict(
      inputs: readonly Input[],
      how?: Pick<PredictorOptions, "tta">,
    ): Promise<readonly (readonly Estimate[])[]>;
  },
  { tta = 1, ...more }: { readonly coverage?: number; readonly tta?: number } = {},
): Predictor<Input> {
  return async (inputs) =>
    (await model.predict(inputs, { tta })).map((values) => ({
      event: { values, ...(tta === 1 && more) },
      words: values.flatMap(estimateWords),
    }));
}

export function labelsOf(model: LabelModel, top: number, tta = 1): Predictor<TextOrPair> {
  return async (inputs) =>
    (await model.predict(inputs, { tta })).map(({ labels, all }) => ({
      event: { labels, ...best(all, top) },
      words: labels.length > 0 ? cells(labels) : ["no label"],
    }));
}

export function entitiesOf(model: EntityModel): Predictor<TextOrPair> {
  return async (inputs) =>
    (await model.predict(inputs as readonly string[])).map((entities) => ({
      event: { entities },
      words: entities.flatMap((e) => [
        ...[e.entity_group, e.word.replace(/\s+/g, " ")],
        ...[`${e.start}-${e.end}`, e.score.toFixed(4)],
      ]),
    }));
}
