import { modalityOfFolder } from "../../bases/model-folder/modality-of-folder.js";
import { findModelFolder } from "../../bases/model-folder/model-folder.js";
import { readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { EngraftError } from "../../core/errors.js";
import { type BaseModality, modalities, type SampleWords } from "../../core/modalities.js";
import { viewOf } from "../../data/augment/views.js";
import { decodePixels, type Sample } from "../../data/index.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { scoreLabels, sigmoid, usualThreshold } from "../../evaluate/labels.js";
import { type Answer, rankedAnswers } from "../../inference/answer.js";
import { countCut } from "../../inference/cut-texts.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, LabelEvaluation } from "../../inference/evaluation.js";
import { type ImageFolder, openImageFolder } from "../../inference/image-folder.js";
import type { ImageInput } from "../../inference/image-input.js";
import { type LoadOptions, openRows, type ScoringFolder } from "../../inference/model-session.js";
import { checkViews } from "../../options/option-checks.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { averageViews } from "../../run/training/average-views.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Session } from "../../runtime/runtime.js";
import { groupField } from "../numbers/targets.js";
import type { SoundInput } from "../sounds/sound-model.js";
import { requireTexts, type TextOrPair } from "../texts/require-texts.js";
import { tokenScores } from "../texts/token-scores.js";
import { targetsOf } from "./label-head.js";
import { openLabelItems } from "./open-labels.js";

/** Prediction of a multi-label model for one text, picture or sound. */
export interface LabelAnswer {
  /** Labels whose probability reaches their threshold, the most probable first. May be empty. */
  readonly labels: readonly Answer[];
  /** All labels, the most probable first. */
  readonly all: readonly Answer[];
}

/** Options of a prediction of labels. */
export interface LabelOptions {
  /** Number of views of each image whose probabilities are averaged, 1 … 12. Default 1. */
  readonly tta?: number;
}

/** Model of multi-label classification of texts, pictures or sounds. */
export interface LabelModel {
  readonly task: "multi-label-classification";
  readonly dir: string;
  readonly unit: SampleWords<BaseModality>["many"];
  readonly labels: readonly string[];
  /** True if the model takes pairs of texts: [first, second]. */
  readonly pairs: boolean;
  /** Probability threshold of each label. */
  readonly thresholds: readonly number[];
  /** For sounds: samples per second of a sound that is given as samples. */
  readonly rate?: number;
  /**
   * Returns the labels of each input.
   * @param inputs texts or pairs of texts; pictures or sounds, as paths or as the bytes of their files; sounds also as samples,
   * float32[n], mono, at {@link rate}
   * @throws DataError for an empty text, or a file that is no picture or no sound
   */
  predict(inputs: readonly LabelInput[], options?: LabelOptions): Promise<LabelAnswer[]>;
  close(): Promise<void>;
}

/** Input of a model: a text or a pair of texts, a picture or a sound as an absolute path or as bytes, or the samples of a sound. */
type LabelInput = TextOrPair | Uint8Array | Float32Array;

/** A model folder of several labels. */
interface LabelFolder extends ScoringFolder<LabelInput> {
  readonly modality: BaseModality;
  readonly thresholds: readonly number[];
  readonly rate?: number;
  /** True if the model takes pairs of texts. */
  readonly pairs: boolean;
  /** Checks texts. Missing: inputs are files. @throws DataError for an empty text */
  checkTexts?(texts: readonly LabelInput[]): void;
}

/** Openers of model folders. The code of each is loaded on demand. */
const openers: Readonly<
  Record<BaseModality, (platform: Platform, dir: string) => Promise<Omit<LabelFolder, "modality">>>
> = {
  async audio(platform, dir) {
    const { openSoundFolder } = await import("../sounds/sound-model.js");
    const folder = await openSoundFolder(platform, dir);
    return {
      ...folder,
      ...known(folder),
      rate: folder.audio.extractor.rate,
      scores: (session, sounds, options) => folder.scores(session, sounds as readonly SoundInput[], options),
    };
  },
  async text(platform, dir) {
    const folder = await readTokenFolder(platform, dir);
    const facts = known(folder);
    return {
      ...folder,
      ...facts,
      checkTexts: (texts) => requireTexts(texts as readonly TextOrPair[], facts.pairs),
      scores: (session, texts, options) =>
        tokenScores(folder, session, texts as readonly TextOrPair[], { ...options, several: true }),
    };
  },
  async image(platform, dir) {
    const folder = await openImageFolder(platform, dir);
    return {
      ...folder,
      ...known(folder),
      scores: (session, inputs, options = {}) =>
        inputs.some((input) => input instanceof Uint8Array)
          ? scoreEach(platform, folder, session, inputs as readonly ImageInput[], options.views)
          : folder.scores(session, inputs.map(imageAt), { ...options, viewAverage: "sigmoid" }),
    };
  },
};

/** Opens a model folder of several labels. @throws ModelError for another folder, or a damaged one */
export async function openLabelFolder({ platform }: Machine, path: string): Promise<LabelFolder> {
  const dir = await findModelFolder(platform, path);
  const modality = await modalityOfFolder(platform, dir);
  return { ...(await openers[modality](platform, dir)), modality };
}

/** Returns the logits of encoded pictures, float32[N, C]. */
async function scoreEach(
  platform: Platform,
  { preprocessing, classes }: ImageFolder,
  session: Session,
  pictures: readonly ImageInput[],
  views = 1,
): Promise<Float32Array> {
  const logits = new Float32Array(pictures.length * classes.length);
  for (const [i, picture] of pictures.entries()) {
    const pixels = await decodePixels(picture, preprocessing, platform);
    const mean = await averageViews(views, "sigmoid", classes.length, (view) => {
      const { data, height, width } = viewOf(pixels, view);
      return firstOutput(session, { dtype: "uint8", dims: [1, height, width, 3], data });
    });
    logits.set(mean, i * classes.length);
  }
  return logits;
}

/** Returns the input of a model for an item. */
export function inputOf({ path, text, pair }: WithText): TextOrPair {
  if (text === undefined) return path;
  return pair === undefined ? text : [text, pair];
}

type WithText = Pick<Sample, "path"> & { readonly text?: string; readonly pair?: string };

/** Returns an image item without labels. */
function imageAt(input: LabelInput): Sample {
  const path = String(input);
  return { id: path, path, sha256: path, part: "test" };
}

/** Returns thresholds and kind of texts from engraft.json. Models without it get 0.5. @throws ModelError for a damaged file */
function known({ dir, classes, engraft }: Pick<LabelFolder, "dir" | "classes" | "engraft">) {
  const { thresholds = classes.map(() => usualThreshold) } = engraft?.labels ?? {};
  const isValid =
    Array.isArray(thresholds) &&
    thresholds.length === classes.length &&
    thresholds.every((t) => typeof t === "number" && t > 0 && t < 1);
  if (!isValid)
    throw new EngraftError(
      "ModelError",
      "engraft.json does not say from which probabilities on labels are said",
      {
        at: dir,
        help: "the model folder is damaged: train it again",
        details: {
          labels: classes.length,
          thresholds: Array.isArray(thresholds) ? thresholds.length : undefined,
        },
      },
    );
  return { thresholds: thresholds as readonly number[], pairs: engraft?.pairs === true };
}

/** Checks the options. @throws OptionError for an option of texts with a model of images, and vice versa */
function refuseOptionsOfOthers(
  modality: BaseModality,
  { tta = 1, long }: Pick<EvaluateOptions, "tta" | "long">,
): void {
  const given = { tta: ["image", tta > 1], long: ["text", long !== undefined] } as const;
  for (const [option, [of, isGiven]] of Object.entries(given)) {
    if (!isGiven || of === modality) continue;
    const [its, own] = [modalities[of].many, modalities[modality].many];
    throw new EngraftError("OptionError", `${option} is for ${its}, and this model gives labels to ${own}`, {
      help: `leave ${option} out`,
      details: { option },
    });
  }
}

/** Loads a model of multi-label classification. @throws ModelError for another folder */
export async function openLabelModel(
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<LabelModel> {
  const folder = await openLabelFolder(machine, dir);
  const { classes: labels, thresholds, modality, pairs, rate } = folder;
  refuseOptionsOfOthers(modality, options);
  const { rows, close } = await openRows(machine, folder, options);
  const { files } = machine.platform;
  const atPath = (input: LabelInput) => (typeof input === "string" ? files.resolve(input) : input);
  const thresholdOf = new Map(labels.map((label, k) => [label, thresholds[k]!]));
  return {
    task: "multi-label-classification",
    dir: folder.dir,
    unit: modalities[modality].many,
    labels,
    thresholds,
    pairs,
    close,
    ...(rate !== undefined && { rate }),
    async predict(inputs, { tta: views = 1 } = {}) {
      checkViews(views);
      refuseOptionsOfOthers(modality, { tta: views });
      folder.checkTexts?.(inputs);
      const given = folder.checkTexts ? inputs : inputs.map(atPath);
      return (await rows(given, { views })).map((row) => {
        const all = rankedAnswers(labels, Array.from(row, sigmoid));
        return { labels: all.filter(({ label, score }) => score >= thresholdOf.get(label)!), all };
      });
    },
  };
}

/** Scores a model of multi-label classification with its own thresholds. @throws as `evaluate` */
export async function evaluateLabels(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<LabelEvaluation> {
  const { platform } = machine;
  const { signal, onEvent, long, quotes, classNames, seed = 0, tta: views = 1 } = options;
  const folder = await openLabelFolder(machine, model);
  const { classes: labels, modality, thresholds } = folder;
  const unit = modalities[modality].many;
  refuseOptionsOfOthers(modality, { tta: views, long });
  const opened = await openLabelItems(data, {
    platform,
    seed,
    modality,
    quotes,
    classNames,
    known: labels,
    emptyParts: true,
    groupFrom: options.groupFrom,
    texts: options.text === undefined ? undefined : columnNames("text", options.text),
    onEvent,
    signal,
  });
  for (const one of opened.warnings) onEvent?.({ event: "warning", ...one });
  const scored = { ...opened, unit };
  const evaluation = await evaluateModel(machine, folder, scored, options, async (session, items) => {
    const cut = countCut();
    const logits = await folder.scores(session, items.map(inputOf), {
      views,
      long,
      onCut: cut.onCut,
      signal,
    });
    for (const warning of cut.warnings(items.length)) onEvent?.(warning);
    const answers = {
      labels,
      logits,
      targets: targetsOf(items, labels.length),
      items: items.map(({ id }) => id),
      ...groupField(items),
    };
    return { task: "multi-label-classification" as const, unit, test: scoreLabels(answers, { thresholds }) };
  });
  return { ...evaluation, ...(views > 1 && { tta: views }) };
}
