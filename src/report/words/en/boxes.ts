/** English sentences of the report of an object detection. */
import { count } from "../../charts/numbers.js";

export const boxesEn = {
  kind: "object detection",
  figure: "mAP",
  footer: (seeds: string): string =>
    `The 95 % confidence intervals are by a bootstrap over the test pictures; ${seeds}.`,
  counted: (boxes: number, pictures: number): string =>
    `${count(boxes, "box", "boxes")} in ${count(pictures, "test picture")}.`,
  ways: {
    constant: "the same boxes in every picture",
    probe: "probe: only a small head is trained",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,
  items: "pictures",
  classes: "Classes",
  input: "Input",
  inputWords: (width: number, height: number): string =>
    `pictures are stretched to ${width} × ${height} pixels`,
  threshold: "Threshold",
  thresholdWords: (score: string, precision: string, recall: string): string =>
    `score ${score}, chosen on validation: precision ${precision}, recall ${recall}`,
  calibration: "Scores",
  calibrationWords: (before: string, after: string): string =>
    `calibrated on validation: expected calibration error ${after}, ${before} before`,
};
