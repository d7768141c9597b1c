/** English sentences of the report of an image segmentation. */
import { count } from "../../../charts/numbers.js";
import { html, type Markup } from "../../../html.js";
import { denseEn } from "./dense.js";

export const masksEn = {
  ...denseEn,
  kind: "image segmentation",
  mean: "mIoU",
  accuracy: "pixel accuracy",
  ofClass: (name: string): string => `IoU of ${name}`,
  counted: (pictures: number): string =>
    `All pixels of ${count(pictures, "test picture")} at their original size.`,
  ways: {
    majority: "always the most frequent class",
    colour: "logistic regression on colours",
    otsu: "a grey threshold for each picture (Otsu)",
    ...denseEn.ways,
  } as Readonly<Record<string, string>>,
  classes: "IoU by class",
  weights: "Class weights",
  calibration: "Probabilities",
  calibrationWords: (temperature: string, before: string, after: string): string =>
    `logits divided by ${temperature}, fitted on validation: expected calibration error ${after}, ${before} before`,

  // Worst pictures
  worstIntro: "Pictures with the lowest IoU first. The background is not coloured where it is right.",
  noErrors: "Every pixel of the test pictures has its class.",
  pictureWords: (iou: string, wrong: string): string => `IoU ${iou}, ${wrong} of the pixels wrong`,
  drawingOf: (item: string, words: string): string => `${item} with its error map: ${words}`,
  errorKinds: {
    right: "right",
    false: "false: background in truth",
    missed: "missed: predicted as background",
    confused: "another class",
  },

  // Classes
  confusionAxis: "true ↓ · predicted →",
  confusionNote: (matrix: Markup): Markup => html`${matrix}: pixels of all test pictures.`,
  weakestFirst: "Lowest IoU first.",
  precision: "precision",
  recall: "recall",
  pictures: "pictures",
  share: "share of pixels",
};
