// The model card of classes of rows.
import type { ClassificationScores, TableResultEvent } from "../../core/events/events.js";
import { metricNames } from "../../core/results/metric.js";
import { factsOf } from "../../core/results/task.js";
import { count, integer, percent } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { baselineLabels } from "../words/baselines.js";
import { frontMatter } from "./front-matter.js";
import { intervalOf, waysOf } from "./ways.js";

/** Returns the model card, README.md of the model folder. */
export function renderTaskCard(data: RunPageData<TableResultEvent>): string {
  const { result, title } = data;
  const kind = factsOf(result.task).sample;
  const rows = waysOf<ClassificationScores>(result, baselineLabels("en")).map(
    ({ label, test, constant }) =>
      `| ${escapeMarkdown(label)} | ${percent(test.accuracy)} | ${intervalOf(test.accuracy_ci95, constant || test.few_groups)} |`,
  );
  return `${frontMatter({ base: result.base, task: result.task, metrics: ["accuracy", "f1"] })}

# ${escapeMarkdown(title)}

Learns ${result.classes.map(escapeMarkdown).join(", ")} (${result.task}). \`onnx/model.onnx\` uses standard ONNX operators:
\`features\` float32[batch, F] (see table.json) in, \`logits\` out, raw scores.

## Results

On ${count(result.test.n, `test ${kind}`)} that took no part in training or choosing:

| | ${metricNames[result.test.metric.name]} | 95 % interval |
|---|---|---|
${rows.join("\n")}

${verdictParagraphs(result)}
## How to use it

\`\`\`sh
engraft predict ./model rows.csv
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, "table")}
`;
}
