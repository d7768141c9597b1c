// The model card of an image segmentation.

import { foregroundOf, type SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import { count, decimal, integer } from "../charts/numbers.js";
import { escapeMarkdown } from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { masksEn } from "../words/en/dense/masks.js";
import { intervalCell, renderDenseCard, scoreCell } from "./dense-card.js";
import { waysOf } from "./ways.js";

/** Most classes of a large picture that the pipeline enlarges in a second or two. */
const manyClasses = 8;

/** Returns the model card, README.md of the model folder. */
export function renderMasksCard(data: RunPageData<SegmentationResultEvent>): string {
  const { classes, test, input } = data.result;
  const foreground = foregroundOf(test);
  const rows = waysOf(data.result, masksEn.ways).map(({ label, test }) => {
    const own = foregroundOf(test);
    const first = own
      ? `${scoreCell(own.iou)} | ${intervalCell(own.iou_ci95)} | ${decimal(test.metric.value)}`
      : `${decimal(test.metric.value)} | ${intervalCell(test.metric.ci95)}`;
    return `| ${escapeMarkdown(label)} | ${first} | ${scoreCell(test.pixel_accuracy)} |`;
  });
  const head = foreground
    ? `| | IoU of ${escapeMarkdown(foreground.name)} | 95 % interval | mIoU | pixel accuracy |\n|---|---|---|---|---|`
    : "| | mIoU | 95 % interval | pixel accuracy |\n|---|---|---|---|";
  const byClass = test.classes.map(
    ({ name, iou, iou_ci95, dice, pixels }) =>
      `| ${escapeMarkdown(name)} | ${scoreCell(iou)} | ${intervalCell(iou_ci95)} | ${scoreCell(dice)} | ${integer(pixels)} |`,
  );
  return renderDenseCard(data, {
    metric: "mean_iou",
    opening: `Finds the class of each pixel: ${classes.map(escapeMarkdown).join(", ")}. \`onnx/model.onnx\` uses standard ONNX operators:
\`pixel_values\` float32[batch, 3, ${input.height}, ${input.width}] in, \`logits\` float32[batch, ${classes.length}, ${input.height / 4}, ${input.width / 4}] out. Enlarge the logits bilinearly to the
size of the picture, then take the largest. \`config.json\` says "segformer", because Transformers.js refuses unknown types; the model inside is
another.${classes.length > manyClasses ? ` Transformers.js enlarges ${classes.length} maps to the size of the picture: a large picture takes seconds.` : ""}`,
    scores: `On all pixels of ${count(test.n, "test picture")} that took no part in training or choosing, at their original size:

${head}
${rows.join("\n")}

| class | IoU | 95 % interval | Dice | true pixels |
|---|---|---|---|---|
${byClass.join("\n")}`,
  });
}
