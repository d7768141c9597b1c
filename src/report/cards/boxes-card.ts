// The model card of an object detection.

import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import { count, decimal } from "../charts/numbers.js";
import { escapeMarkdown } from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { boxesEn } from "../words/en/dense/boxes.js";
import { intervalCell, renderDenseCard, scoreCell } from "./dense-card.js";
import { waysOf } from "./ways.js";

/** Returns the model card, README.md of the model folder. */
export function renderBoxesCard(data: RunPageData<DetectionResultEvent>): string {
  const { classes, test, input } = data.result;
  const rows = waysOf(data.result, boxesEn.ways).map(
    ({ label, test: { metric, ap50, ap75 } }) =>
      `| ${escapeMarkdown(label)} | ${decimal(metric.value)} | ${intervalCell(metric.ci95)} | ${scoreCell(ap50)} | ${scoreCell(ap75)} |`,
  );
  return renderDenseCard(data, {
    metric: "mean_average_precision",
    opening: `Finds ${classes.map(escapeMarkdown).join(", ")} in pictures. \`onnx/model.onnx\` uses standard ONNX operators:
\`pixel_values\` float32[batch, 3, ${input.height}, ${input.width}] in, \`logits\` and \`pred_boxes\` out. Decoding, calibration of the scores and non-maximum
suppression are inside the file. \`config.json\` says "yolos", because Transformers.js refuses unknown types; the model inside is another.`,
    scores: `On ${count(test.n, "test picture")} that took no part in training or choosing:

| | mAP | 95 % interval | AP50 | AP75 |
|---|---|---|---|---|
${rows.join("\n")}

mAP is COCO's mean average precision over IoU 0.50 to 0.95.`,
    use: `Show boxes with a score of at least ${decimal(test.at_threshold.threshold)}: this has the highest F1 on the validation split.`,
  });
}
