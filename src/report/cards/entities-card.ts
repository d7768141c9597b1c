// The model card of entities in texts.
import type { EntitiesResultEvent } from "../../core/events/events.js";
import { count, decimal, integer, percent } from "../charts/numbers.js";
import {
  averageLine,
  baseLine,
  escapeMarkdown,
  licenceSection,
  verdictParagraphs,
  versionsLine,
} from "../markdown.js";
import type { RunPageData } from "../pages/run-page.js";
import { entitiesEn } from "../words/en/entities.js";
import { frontMatter } from "./front-matter.js";
import { pipelineSnippet } from "./transformers-js.js";
import { intervalOf, waysOf } from "./ways.js";

/** Returns the model card, README.md of the model folder. */
export function renderEntitiesCard(data: RunPageData<EntitiesResultEvent>): string {
  const { result, title } = data;
  const { test } = result;
  const rows = waysOf(result, entitiesEn.ways).map(
    (w) =>
      `| ${escapeMarkdown(w.label)} | ${percent(w.test.f1)} | ${intervalOf(w.test.f1_ci95, w.test.few_groups)} | ${percent(w.test.precision)} | ${percent(w.test.recall)} |`,
  );
  const types = test.per_type.map(
    (t) =>
      `| ${escapeMarkdown(t.type)} | ${integer(t.n)} | ${decimal(t.precision)} | ${decimal(t.recall)} | ${decimal(t.f1)} |`,
  );
  const transformersJs = pipelineSnippet(
    result.task,
    "mark",
    'console.log(await mark("a text", { aggregation_strategy: "simple" }));',
  );
  const head = frontMatter({
    ...{ base: result.base, task: result.task, metrics: ["seqeval"] },
    library: "transformers.js",
  });
  return `${head}

# ${escapeMarkdown(title)}

Marks ${result.types.map(escapeMarkdown).join(", ")} in texts. \`onnx/model.onnx\` uses standard ONNX operators:
\`input_ids\`, \`attention_mask\` int64[batch, length] in, \`logits\` float32[batch, length, ${result.labels.length}] out, raw scores of ${result.labels.map(escapeMarkdown).join(", ")}
(BIO). It learnt the tag of a word at the word's first sub-word: what it says of the others means nothing.

## Results

On ${count(test.sentences, "test sentence")} with ${count(test.n, "entity", "entities")} that took no part in training or choosing; entities as conlleval counts
them, intervals over sentences, or their groups:

| | F1 | 95 % interval | precision | recall |
|---|---|---|---|---|
${rows.join("\n")}

| type | entities | precision | recall | F1 |
|---|---|---|---|---|
${types.join("\n")}

${verdictParagraphs(result)}
## How to use it

\`\`\`js
${transformersJs}
\`\`\`

\`\`\`sh
engraft predict ./model "a text"
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} sentences to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, "texts")}
`;
}
