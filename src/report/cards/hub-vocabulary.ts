import type { ScoreName } from "../../core/results/metric.js";

/**
 * Tasks of the hub's model pages: the keys of `PIPELINE_DATA` in @huggingface/tasks 0.21.54, read on 2026-11-23.
 * @see https://huggingface.co/docs/hub/model-cards
 */
export const hubTasks: ReadonlySet<string> = new Set(
  `text-classification token-classification table-question-answering question-answering zero-shot-classification
  translation summarization feature-extraction text-generation fill-mask sentence-similarity text-to-speech
  text-to-audio automatic-speech-recognition audio-to-audio audio-classification audio-text-to-text
  voice-activity-detection depth-estimation image-classification object-detection image-segmentation
  text-to-image image-to-text image-to-image image-to-video unconditional-image-generation video-classification
  reinforcement-learning robotics tabular-classification tabular-regression tabular-to-text table-to-text
  multiple-choice text-ranking text-retrieval time-series-forecasting text-to-video image-text-to-text
  image-text-to-image image-text-to-video visual-question-answering document-question-answering
  zero-shot-image-classification graph-ml mask-generation zero-shot-object-detection text-to-3d image-to-3d
  image-feature-extraction video-text-to-text keypoint-detection visual-document-retrieval any-to-any
  video-to-video other`.split(/\s+/),
);

/** Identifiers of the metrics on the hub: names of its metric spaces. */
export const hubMetrics: Readonly<Record<ScoreName, string>> = {
  accuracy: "accuracy",
  f1: "f1",
  word_accuracy: "wer",
  token_accuracy: "accuracy",
  r2: "r_squared",
  map: "mean_average_precision",
  miou: "mean_iou",
};

/** How a model came from its base. */
export const baseRelations = ["finetune", "adapter", "quantized", "merge"] as const;
export type BaseRelation = (typeof baseRelations)[number];

/** A repository on the hub: "org/name", or "name" for a few old models. */
export const hubId = /^(?:[A-Za-z0-9][\w.-]{0,95}\/)?[A-Za-z0-9_][\w.-]{0,95}$/;
