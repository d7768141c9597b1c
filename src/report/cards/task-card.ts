// The model card of numbers from pictures and of tables.
import type {
  ClassificationScores,
  RegressionResultEvent,
  TableResultEvent,
} from "../../core/events/events.js";
import { metricNames } from "../../core/results/metric.js";
import { factsOf, type RegressionScores } from "../../core/results/task.js";
import { count, integer } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { taskEn } from "../words/en/task.js";
import { wordsIn } from "../words/index.js";
import { frontMatter } from "./front-matter.js";
import { waysOf } from "./ways.js";

type Scores = ClassificationScores | RegressionScores;

const isNumbers = (scores: Scores): scores is RegressionScores => scores.metric.name === "r2";

const figureOf = ({ metric }: Scores): string => formatOf(metric.name).score(metric.value);

function rangeOf({ metric, few_groups: few }: Scores): string {
  if (few || metric.ci95 === null) return "–";
  return formatOf(metric.name).range(metric.ci95, wordsIn("en").page);
}

/** Returns the model card, README.md of the model folder. */
export function renderTaskCard(data: RunPageData<RegressionResultEvent | TableResultEvent>): string {
  const { result, title } = data;
  const kind = factsOf(result.task).sample;
  const tabular = kind === "row";
  const { ways } = taskEn;
  const rows = waysOf<Scores>(result, ways).map(
    ({ label, test, constant }) =>
      `| ${escapeMarkdown(label)} | ${figureOf(test)} | ${constant ? "–" : rangeOf(test)} |`,
  );
  const learns = "classes" in result ? result.classes : result.targets.map((t) => t.name);
  const input = tabular
    ? "`features` float32[batch, F] (see table.json)"
    : "`pixel_values` float32[batch, 3, H, W]";
  const metrics = isNumbers(result.test) ? ["r_squared", "mae", "rmse"] : ["accuracy", "f1"];
  return `${frontMatter({ base: result.base, task: result.task, metrics })}

# ${escapeMarkdown(title)}

Learns ${learns.map(escapeMarkdown).join(", ")} (${result.task}). \`onnx/model.onnx\` uses standard ONNX operators:
${input} in, \`logits\` out${"targets" in result ? ", in the unit of the columns" : ", raw scores"}.

## Results

On ${count(result.test.n, `test ${kind}`)} that took no part in training or choosing:

| | ${metricNames[result.test.metric.name]} | 95 % interval |
|---|---|---|
${rows.join("\n")}

${verdictParagraphs(result)}
## How to use it

\`\`\`sh
engraft predict ./model ${tabular ? "rows.csv" : "picture.jpg"}
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, tabular ? "table" : "pictures")}
`;
}
