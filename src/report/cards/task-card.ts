// The model card of numbers from pictures or sounds, and of tables.
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
  fenced,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { taskEn } from "../words/en/task.js";
import { wordsIn } from "../words/index.js";
import { frontMatter } from "./front-matter.js";
import { soundLogitsSnippet, soundTensors, withoutPipeline } from "./transformers-js.js";
import { waysOf } from "./ways.js";

type Scores = ClassificationScores | RegressionScores;

const isNumbers = (scores: Scores): scores is RegressionScores => scores.metric.name === "r2";

const figureOf = ({ metric }: Scores): string => formatOf(metric.name).score(metric.value);

function rangeOf({ metric, few_groups: few }: Scores): string {
  if (few || metric.ci95 === null) return "–";
  return formatOf(metric.name).range(metric.ci95, wordsIn("en").page);
}

/** What a card says of the inputs of a model, by the name of a sample. */
const inputWords = {
  row: {
    tensors: "`features` float32[batch, F] (see table.json)",
    ...{ example: "rows.csv", data: "table", usage: "" },
  },
  picture: {
    tensors: "`pixel_values` float32[batch, 3, H, W]",
    ...{ example: "picture.jpg", data: "pictures", usage: "" },
  },
  clip: {
    tensors: soundTensors,
    ...{ example: "sound.wav", data: "clips" },
    usage: `${withoutPipeline}

${fenced("js", soundLogitsSnippet("console.log(logits.tolist()); // numbers in the unit of the columns"))}

`,
  },
} as const;

/** Returns the model card, README.md of the model folder. */
export function renderTaskCard(data: RunPageData<RegressionResultEvent | TableResultEvent>): string {
  const { result, title } = data;
  const kind = factsOf(result.task).sample;
  const { tensors, example, data: of, usage } = inputWords[kind];
  const { ways } = taskEn;
  const rows = waysOf<Scores>(result, ways).map(
    ({ label, test, constant }) =>
      `| ${escapeMarkdown(label)} | ${figureOf(test)} | ${constant ? "–" : rangeOf(test)} |`,
  );
  const learns = "classes" in result ? result.classes : result.targets.map((t) => t.name);
  const metrics = isNumbers(result.test) ? ["r_squared", "mae", "rmse"] : ["accuracy", "f1"];
  return `${frontMatter({ base: result.base, task: result.task, metrics })}

# ${escapeMarkdown(title)}

Learns ${learns.map(escapeMarkdown).join(", ")} (${result.task}). \`onnx/model.onnx\` uses standard ONNX operators:
${tensors} in, \`logits\` out${"targets" in result ? ", in the unit of the columns" : ", raw scores"}.

## Results

On ${count(result.test.n, `test ${kind}`)} that took no part in training or choosing:

| | ${metricNames[result.test.metric.name]} | 95 % interval |
|---|---|---|
${rows.join("\n")}

${verdictParagraphs(result)}
## How to use it

${usage}\`\`\`sh
engraft predict ./model ${example}
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, of)}
`;
}
