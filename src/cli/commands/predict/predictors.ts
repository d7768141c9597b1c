import type { LoadedModel } from "../../../api/load.js";
import { factsOf, type Head, type Task, taskOfHeads } from "../../../core/results/task.js";
import type { Answer } from "../../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../../inference/assess.js";
import type { OverlayContent } from "../../../report/overlay/overlay-svg.js";
import type { BoxModel } from "../../../tasks/boxes/box-model.js";
import type { EntityModel } from "../../../tasks/entities/entity-model.js";
import type { MaskModel, NamedMask } from "../../../tasks/masks/mask-model.js";
import type { PredictionLine } from "../../../tasks/targets/target.js";
import type { TextOrPair } from "../../../tasks/texts/require-texts.js";
import type { TranscriptModel } from "../../../tasks/transcripts/transcript-model.js";
import { percent } from "../../render/percent.js";
import { asksForTrust, renderAssessment, type TrustOptions } from "../../render/render-assessment.js";
import type { Draw } from "./draw-pictures.js";

/** Predicts for inputs. */
export type Predictor<Input> = (inputs: readonly Input[]) => Promise<readonly PredictionLine[]>;

interface PredictorOptions {
  readonly top: number;
  readonly tta: number;
}

/** Options of every predictor. */
interface PredictHow extends PredictorOptions, TrustOptions {
  /** Lowest probability of a shown box. Default: the model's. */
  readonly threshold?: number | undefined;
  readonly draw?: Draw | undefined;
}

/** Predictors by the kind of predictions. A kind without one does not compile. */
const predictors: Readonly<Record<Head, (model: never, how: PredictHow) => Predictor<never>>> = {
  classes: classesOf<never>,
  labels: linesOf,
  numbers: linesOf,
  tags: entitiesOf,
  boxes: boxesOf,
  masks: masksOf,
  transcript: transcriptsOf,
};

/** Returns the predictor of a model. A model of several heads names the task of each head. */
export function predictorOf(model: LoadedModel, how: PredictHow): Predictor<never> {
  const { task } = model;
  return taskOfHeads(task) === undefined
    ? predictors[factsOf(task as Task).head](model as never, how)
    : headsOf<never>(model as never, how);
}

/** Predictions as the model itself writes them. */
function linesOf<Input>(
  model: {
    predictLines(inputs: readonly Input[], how: PredictorOptions): Promise<readonly PredictionLine[]>;
  },
  { top, tta }: PredictorOptions,
): Predictor<Input> {
  return (inputs) => model.predictLines(inputs, { top, tta });
}

interface Classifier<Input> {
  predict(inputs: readonly Input[], options?: PredictorOptions): Promise<readonly (readonly Answer[])[]>;
  assess(inputs: readonly Input[], options?: AssessOptions): Promise<readonly Assessment[]>;
}

const cells = (answers: readonly Answer[]): string[] =>
  answers.flatMap(({ label, score }) => [label, score.toFixed(4)]);

const best = (answers: readonly Answer[], top: number) => ({
  label: answers[0]?.label,
  score: answers[0]?.score,
  top: answers.slice(0, top),
});

/** One class per input. */
function classesOf<Input>(
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
function boxesOf(model: BoxModel, { threshold, draw }: PredictHow): Predictor<string> {
  const how = threshold === undefined ? {} : { threshold };
  return eachPicture(async (picture) => {
    const boxes = await model.predict(picture, how);
    const drawn = await draw?.(picture, {
      boxes: boxes.map(({ label: name, score, box: { xmin, ymin, xmax, ymax } }) => ({
        name,
        score,
        label: model.classes.indexOf(name),
        box: [xmin, ymin, xmax, ymax] as const,
      })),
    });
    return {
      event: { boxes, ...(drawn !== undefined && { drawn }) },
      words: boxes.map(({ label, score, box: { xmin, ymin, xmax, ymax } }) =>
        [label, score.toFixed(4), ...[xmin, ymin, xmax, ymax].map((x) => x.toFixed(1))].join(" "),
      ),
    };
  });
}

/** Classes of the pixels of pictures: the share of each, its mean probability, and for programs its mask as PNG in base64. */
function masksOf(model: MaskModel, { draw }: PredictHow): Predictor<string> {
  return eachPicture(async (picture) => {
    const { greyPng } = await import("../../../data/masks/write-png.js");
    const found = await model.predict(picture);
    const masks = await Promise.all(
      found.map(async ({ label, score, mask }) => {
        const share = mask.data.reduce((n, v) => n + (v > 0 ? 1 : 0), 0) / mask.data.length;
        return { score, label, share, mask: Buffer.from(await greyPng(mask)).toString("base64") };
      }),
    );
    const drawn = await draw?.(picture, masksContent(found, model.classes));
    return {
      event: { masks, ...(drawn !== undefined && { drawn }) },
      words: masks.map(({ label, share, score }) => `${label} ${percent(share)} ${score.toFixed(4)}`),
    };
  });
}

/** Returns the regions of all classes but the background. */
function masksContent(found: readonly NamedMask[], classes: readonly string[]): OverlayContent {
  const [first] = found;
  if (first === undefined) return {};
  const { width, height } = first.mask;
  const labels = new Uint8Array(width * height);
  const shown = found.filter(({ label }) => label.toLowerCase() !== "background");
  for (const [k, { mask }] of shown.entries())
    for (let i = 0; i < labels.length; i++) if (mask.data[i]! > 0) labels[i] = k + 1;
  const regions = shown.map(({ label: name }, k) => ({ value: k + 1, label: classes.indexOf(name), name }));
  return { mask: { width, height, labels, regions } };
}

/** Predicts for one picture after the other. */
const eachPicture =
  (predict: (picture: string) => Promise<PredictionLine>): Predictor<string> =>
  async (pictures) => {
    const all: PredictionLine[] = [];
    for (const picture of pictures) all.push(await predict(picture));
    return all;
  };

/** Several heads: the first as for one head, and all of them by name. */
function headsOf<Input>(
  model: {
    predict(
      inputs: readonly Input[],
      options: PredictorOptions,
    ): Promise<readonly Record<string, Answer[]>[]>;
  },
  { top, tta }: PredictorOptions,
): Predictor<Input> {
  return async (inputs) =>
    (await model.predict(inputs, { top, tta })).map((all) => {
      const heads = Object.entries(all).map(([name, its]) => [name, its.slice(0, top)] as const);
      const predicted = heads.map(([name, its]) => [name, best(its, its.length)] as const);
      return {
        event: { ...predicted[0]?.[1], tasks: Object.fromEntries(predicted) },
        words: heads.flatMap(([name, its]) => [name, ...cells(its)]),
      };
    });
}

/** Texts of speech, with the times of their words. */
function transcriptsOf(model: TranscriptModel): Predictor<string> {
  return async (inputs) =>
    (await model.predict(inputs)).map(({ text, words }) => ({ event: { text, words }, words: [text] }));
}

function entitiesOf(model: EntityModel): Predictor<TextOrPair> {
  return async (inputs) =>
    (await model.predict(inputs as readonly string[])).map((entities) => ({
      event: { entities },
      words: entities.flatMap((e) => [
        ...[e.entity_group, e.word.replace(/\s+/g, " ")],
        ...[`${e.start}-${e.end}`, e.score.toFixed(4)],
      ]),
    }));
}
