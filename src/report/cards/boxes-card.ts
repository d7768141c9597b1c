// The model card of an object detection.

import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
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
import { boxesEn } from "../words/en/dense/boxes.js";
import { frontMatter } from "./front-matter.js";
import { waysOf } from "./ways.js";

/** Returns the model card, README.md of the model folder. */
export function renderBoxesCard({ result, title, versions }: RunPageData<DetectionResultEvent>): string {
  const { base, task, classes, split, strategy, test, input, trainable, epochs } = result;
  const number = (value: number | null): string => (value === null ? "–" : decimal(value));
  const rows = waysOf(result, boxesEn.ways).map(({ label, test: { metric, ap50, ap75 } }) => {
    const range = metric.ci95 ? `${decimal(metric.ci95[0])} to ${decimal(metric.ci95[1])}` : "–";
    return `| ${escapeMarkdown(label)} | ${decimal(metric.value)} | ${range} | ${number(ap50)} | ${number(ap75)} |`;
  });
  return `${frontMatter({ base, task, metrics: ["mean_average_precision"] })}

# ${escapeMarkdown(title)}

Finds ${classes.map(escapeMarkdown).join(", ")} in pictures. \`onnx/model.onnx\` uses standard ONNX operators:
\`pixel_values\` float32[batch, 3, ${input.height}, ${input.width}] in, \`logits\` and \`pred_boxes\` out. Decoding, calibration of the scores and non-maximum
suppression are inside the file. \`config.json\` says "yolos", because Transformers.js refuses unknown types; the model inside is another.

## Results

On ${count(test.n, "test picture")} that took no part in training or choosing:

| | mAP | 95 % interval | AP50 | AP75 |
|---|---|---|---|---|
${rows.join("\n")}

mAP is COCO's mean average precision over IoU 0.50 to 0.95.

${verdictParagraphs(result)}
## How to use it

\`\`\`sh
engraft predict ./model picture.jpg
\`\`\`

Show boxes with a score of at least ${decimal(test.at_threshold.threshold)}: this has the highest F1 on the validation split.

## How it was made

${baseLine(base)}
- Strategy: ${escapeMarkdown(strategy.name)}
- Data: ${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test; seed ${split.seed}
- Trained: ${integer(trainable.parameters)} of ${integer(trainable.total)} parameters, ${count(epochs, "epoch")}
${averageLine(result)}${versionsLine(versions)}

${licenceSection(base, `${factsOf(task).sample}s`)}
`;
}
