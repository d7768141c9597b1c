import { EngraftError } from "../../core/errors.js";
import type { LabelScores } from "../../core/results/labels.js";
import type { LabelFields } from "../../data/targets.js";
import { scoreLabels, sigmoid, usualThreshold } from "../../evaluate/labels.js";
import { type Answer, rankedAnswers } from "../../inference/answer.js";
import type { FolderFacts } from "../../inference/model-session.js";
import type { ComposedModel } from "../composed/composed-model.js";
import { groupField } from "../numbers/targets.js";
import type { TargetModel } from "../targets/target.js";
import type { TextOrPair } from "../texts/require-texts.js";
import { targetsOf } from "./label-head.js";

/** Prediction of a multi-label model for one text, picture or sound. */
export interface LabelAnswer {
  /** Labels whose probability reaches their threshold, the most probable first. May be empty. */
  readonly labels: readonly Answer[];
  /** All labels, the most probable first. */
  readonly all: readonly Answer[];
}

/** Facts of a model folder about its labels. */
export interface LabelsKnown {
  readonly about: {
    readonly labels: readonly string[];
    /** Probability threshold of each label. */
    readonly thresholds: readonly number[];
    /** True if the model takes pairs of texts: [first, second]. */
    readonly pairs: boolean;
  };
}

/**
 * Model of multi-label classification of texts, pictures or sounds. It takes texts or pairs of texts; pictures or sounds, as paths or as
 * the bytes of their files; sounds also as samples, float32[n], mono, at `rate`.
 */
export interface LabelModel
  extends ComposedModel<"multi-label-classification", TextOrPair | Uint8Array | Float32Array, LabelAnswer> {
  readonly labels: readonly string[];
  readonly pairs: boolean;
  readonly thresholds: readonly number[];
  /** For sounds: samples per second of a sound that is given as samples. */
  readonly rate?: number;
}

/** Predictions of labels, and their scores. Models without thresholds get 0.5. */
export const labelsModel: TargetModel<LabelFields, LabelsKnown, LabelAnswer, LabelScores> = {
  average: "sigmoid",
  gives: "labels",
  known: (folder) => ({
    about: {
      labels: folder.classes,
      thresholds: thresholdsOf(folder),
      pairs: folder.engraft?.pairs === true,
    },
  }),
  answer(row, { about: { labels, thresholds } }) {
    const thresholdOf = new Map(labels.map((label, k) => [label, thresholds[k]!]));
    const all = rankedAnswers(labels, Array.from(row, sigmoid));
    return { labels: all.filter(({ label, score }) => score >= thresholdOf.get(label)!), all };
  },
  score: (folder, items, logits) =>
    scoreLabels(
      {
        labels: folder.classes,
        logits,
        targets: targetsOf(items, folder.classes.length),
        items: items.map(({ id }) => id),
        ...groupField(items),
      },
      { thresholds: thresholdsOf(folder) },
    ),
  lineOf: ({ labels, all: [best, ...rest] }, _known, { top }) => ({
    event: {
      labels,
      ...{ label: best?.label, score: best?.score, top: (best ? [best, ...rest] : []).slice(0, top) },
    },
    words: labels.length > 0 ? labels.flatMap(({ label, score }) => [label, score.toFixed(4)]) : ["no label"],
  }),
};

/** Returns thresholds from engraft.json. @throws ModelError for a damaged file */
function thresholdsOf({ dir, classes, engraft }: FolderFacts): readonly number[] {
  const { thresholds = classes.map(() => usualThreshold) } = engraft?.labels ?? {};
  const isValid =
    Array.isArray(thresholds) &&
    thresholds.length === classes.length &&
    thresholds.every((t) => typeof t === "number" && t > 0 && t < 1);
  if (isValid) return thresholds;
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
}
