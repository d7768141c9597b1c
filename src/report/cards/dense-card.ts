// The parts that the model cards of object detection and image segmentation share.

import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import type { SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import { factsOf, type Interval } from "../../core/results/task.js";
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
import { frontMatter } from "./front-matter.js";

/** A score in a table. */
export const scoreCell = (value: number | null): string => (value === null ? "–" : decimal(value));

/** A confidence interval in a table. */
export const intervalCell = (ci95: Interval | null | undefined): string =>
  ci95 ? `${decimal(ci95[0])} to ${decimal(ci95[1])}` : "–";

/** What a card says of its own task, in Markdown. */
export interface DenseCard {
  /** Metric of the hub. */
  readonly metric: string;
  /** What the model finds, and what its file takes and gives. */
  readonly opening: string;
  /** How the scores below were measured, and their tables. */
  readonly scores: string;
  /** Sentences after the command that predicts. Default: none. */
  readonly use?: string;
}

/** Returns the model card, README.md of the model folder. */
export function renderDenseCard(
  { result, title, versions }: RunPageData<DetectionResultEvent | SegmentationResultEvent>,
  { metric, opening, scores, use }: DenseCard,
): string {
  const { base, task, split, strategy, trainable, epochs } = result;
  return `${frontMatter({ base, task, metrics: [metric] })}

# ${escapeMarkdown(title)}

${opening}

## Results

${scores}

${verdictParagraphs(result)}
## How to use it

\`\`\`sh
engraft predict ./model picture.jpg
\`\`\`
${use === undefined ? "" : `\n${use}\n`}
## How it was made

${baseLine(base)}
- Strategy: ${escapeMarkdown(strategy.name)}
- Data: ${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test; seed ${split.seed}
- Trained: ${integer(trainable.parameters)} of ${integer(trainable.total)} parameters, ${count(epochs, "epoch")}
${averageLine(result)}${versionsLine(versions)}

${licenceSection(base, `${factsOf(task).sample}s`)}
`;
}
