/** English sentences of the report of an image segmentation. */
import { count } from "../../../charts/numbers.js";
import { html, type Markup } from "../../../html.js";

export const masksEn = {
  kind: "image segmentation",
  mean: "mIoU",
  accuracy: "pixel accuracy",
  ofClass: (name: string): string => `IoU of ${name}`,
  footer: (seeds: string): string =>
    `The 95 % confidence intervals are by a bootstrap over the test pictures; ${seeds}.`,
  counted: (pictures: number): string =>
    `All pixels of ${count(pictures, "test picture")} at their original size.`,
  ways: {
    majority: "always the most frequent class",
    colour: "logistic regression on colours",
    otsu: "a grey threshold for each picture (Otsu)",
    probe: "probe: only a small head is trained",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,
  items: "pictures",
  classes: "IoU by class",
  input: "Input",
  inputWords: (width: number, height: number): string =>
    `pictures are stretched to ${width} × ${height} pixels`,
  weights: "Class weights",
  calibration: "Probabilities",
  calibrationWords: (temperature: string, before: string, after: string): string =>
    `logits divided by ${temperature}, fitted on validation: expected calibration error ${after}, ${before} before`,

  // Worst pictures
  worst: "Worst test pictures",
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
  className: "class",
  ci95: "95 % interval",
  precision: "precision",
  recall: "recall",
  pictures: "pictures",
  share: "share of pixels",
};
