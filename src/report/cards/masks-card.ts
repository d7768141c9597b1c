// The model card of an image segmentation.

import { foregroundOf, type SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import type { Interval } from "../../core/results/task.js";
import { factsOf } from "../../core/results/task.js";
import { count, decimal, integer } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { masksEn } from "../words/en/dense/masks.js";
import { frontMatter } from "./front-matter.js";
import { waysOf } from "./ways.js";

/** Most classes of a large picture that the pipeline enlarges in a second or two. */
const manyClasses = 8;

const score = (value: number | null): string => (value === null ? "–" : decimal(value));
const range = (ci95: Interval | null): string => (ci95 ? `${decimal(ci95[0])} to ${decimal(ci95[1])}` : "–");

/** Returns the model card, README.md of the model folder. */
export function renderMasksCard({ result, title, versions }: RunPageData<SegmentationResultEvent>): string {
  const { base, task, classes, split, strategy, test, input, trainable, epochs } = result;
  const foreground = foregroundOf(test);
  const rows = waysOf(result, masksEn.ways).map(({ label, test }) => {
    const own = foregroundOf(test);
    const first = own
      ? `${score(own.iou)} | ${range(own.iou_ci95)} | ${decimal(test.metric.value)}`
      : `${decimal(test.metric.value)} | ${range(test.metric.ci95)}`;
    return `| ${escapeMarkdown(label)} | ${first} | ${score(test.pixel_accuracy)} |`;
  });
  const head = foreground
    ? `| | IoU of ${escapeMarkdown(foreground.name)} | 95 % interval | mIoU | pixel accuracy |\n|---|---|---|---|---|`
    : "| | mIoU | 95 % interval | pixel accuracy |\n|---|---|---|---|";
  const byClass = test.classes.map(
    ({ name, iou, iou_ci95, dice, pixels }) =>
      `| ${escapeMarkdown(name)} | ${score(iou)} | ${range(iou_ci95)} | ${score(dice)} | ${integer(pixels)} |`,
  );
  return `${frontMatter({ base, task, metrics: ["mean_iou"] })}

# ${escapeMarkdown(title)}

Finds the class of each pixel: ${classes.map(escapeMarkdown).join(", ")}. \`onnx/model.onnx\` uses standard ONNX operators:
\`pixel_values\` float32[batch, 3, ${input.height}, ${input.width}] in, \`logits\` float32[batch, ${classes.length}, ${input.height / 4}, ${input.width / 4}] out. Enlarge the logits bilinearly to the
size of the picture, then take the largest. \`config.json\` says "segformer", because Transformers.js refuses unknown types; the model inside is
another.${classes.length > manyClasses ? ` Transformers.js enlarges ${classes.length} maps to the size of the picture: a large picture takes seconds.` : ""}

## Results

On all pixels of ${count(test.n, "test picture")} that took no part in training or choosing, at their original size:

${head}
${rows.join("\n")}

| class | IoU | 95 % interval | Dice | true pixels |
|---|---|---|---|---|
${byClass.join("\n")}

${verdictParagraphs(result)}
## How to use it

\`\`\`sh
engraft predict ./model picture.jpg
\`\`\`

## How it was made

${baseLine(base)}
- Strategy: ${escapeMarkdown(strategy.name)}
- Data: ${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test; seed ${split.seed}
- Trained: ${integer(trainable.parameters)} of ${integer(trainable.total)} parameters, ${count(epochs, "epoch")}
${averageLine(result)}${versionsLine(versions)}

${licenceSection(base, `${factsOf(task).sample}s`)}
`;
}
