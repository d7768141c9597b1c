/** The report and the card of a run that learns to mark entities. */
import type { EntitiesResultEvent, EntityScores, Interval } from "../core/events.js";
import { html, type Markup, name } from "./html.js";
import { escapeMarkdown } from "./model-card.js";
import { count, decimal, integer, percent } from "./numbers.js";
import { fact, type RunPageData, runPage, splitWords } from "./run-page.js";
import { ofSeeds, seedsF1Words } from "./seeds-f1.js";

export type EntitiesReportData = RunPageData<EntitiesResultEvent>;

const range = ([a, b]: Interval): string => `${decimal(a)} to ${decimal(b)}`;

/** Ways to the result, the run's own first. */
function ways({ result }: EntitiesReportData): { label: string; test: EntityScores; recipe: string }[] {
  const words: Readonly<Record<string, string>> = {
    lookup: "look-up",
    probe: "probe: head only",
    scratch: "from scratch",
  };
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b ? [{ label: words[key] ?? key, test: b.test, recipe: b.recipe }] : [],
  );
  return [{ label: `${result.strategy.name} (this model)`, test: result.test, recipe: "" }, ...others];
}

function comparison(data: EntitiesReportData): Markup {
  return html`<section><h2>Compared with</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">way</th>
<th scope="col" class="n">F1</th><th scope="col" class="n">95 % interval</th><th scope="col" class="n">precision</th><th scope="col" class="n">recall</th><th scope="col">how</th></tr></thead>
<tbody>${ways(data).map(
    ({ label, test, recipe }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${decimal(test.f1)}</td><td class="n">${range(test.f1_ci95)}</td>
<td class="n">${decimal(test.precision)}</td><td class="n">${decimal(test.recall)}</td><td>${recipe}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function byType(test: EntityScores): Markup {
  const sorted = [...test.per_type].sort((a, b) => a.f1 - b.f1);
  return html`<section><h2>By type</h2><div class="scroll"><table class="data">
<caption>Weakest first. An entity is right when its bounds and its type are, as conlleval counts.</caption>
<thead><tr><th scope="col">type</th><th scope="col" class="n">entities</th><th scope="col" class="n">said</th><th scope="col" class="n">right</th>
<th scope="col" class="n">precision</th><th scope="col" class="n">recall</th><th scope="col" class="n">F1</th></tr></thead><tbody>${sorted.map(
    (
      t,
    ) => html`<tr><th scope="row">${name(t.type)}</th><td class="n">${integer(t.n)}</td><td class="n">${integer(t.predicted)}</td><td class="n">${integer(t.correct)}</td>
<td class="n">${decimal(t.precision)}</td><td class="n">${decimal(t.recall)}</td><td class="n">${decimal(t.f1)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Which type was taken for which; what was missed, and what was said of nothing. */
function confusion({ confusion: matrix }: EntityScores, types: readonly string[]): Markup {
  const columns = [...types.map(name), "other bounds", "nothing said"];
  const rows = [...types.map(name), "nothing there"];
  const cell = (t: number, p: number, total: number): Markup => {
    const n = matrix[t]![p]!;
    const kind = n === 0 ? "zero" : p === t ? "right" : "wrong";
    return html`<td class="${kind}" style="--share:${Math.sqrt(total > 0 ? n / total : 0).toFixed(3)}">${integer(n)}</td>`;
  };
  return html`<section><h2>What is taken for what</h2><div class="scroll" role="region" aria-label="Confusion of types" tabindex="0">
<table class="confusion"><thead><tr><th scope="col" class="axis">true ↓ · said →</th>${columns.map((c) => html`<th scope="col" class="class">${c}</th>`)}<th scope="col" class="axis">all</th></tr></thead>
<tbody>${rows.map((row, t) => {
    const total = matrix[t]!.reduce((a, b) => a + b, 0);
    return html`<tr><th scope="row">${row}</th>${columns.map((_, p) => cell(t, p, total))}<td class="total">${integer(total)}</td></tr>`;
  })}</tbody></table></div>
<p class="small muted">Rows are entities that are there, columns what became of them. "Other bounds": something was said of a part of it.</p></section>`;
}

/** Entities in one line. */
const listed = (entities: readonly string[]): Markup =>
  entities.length === 0 ? html`nothing` : html`<bdi>${entities.join(" · ")}</bdi>`;

function worst(test: EntityScores): Markup | undefined {
  if (test.worst.length === 0)
    return html`<section><h2>Worst sentences</h2><p>Every entity was found.</p></section>`;
  return html`<section><h2>Worst sentences</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">sentence</th>
<th scope="col" class="n">mistakes</th><th scope="col">there</th><th scope="col">said</th></tr></thead><tbody>${test.worst.map(
    (w) =>
      html`<tr><th scope="row"><bdi>${w.text}</bdi><br><small class="muted">${w.item}</small></th><td class="n">${integer(w.mistakes)}</td>
<td>${listed(w.true)}</td><td>${listed(w.predicted)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function facts(data: EntitiesReportData): Markup {
  const { split, repaired, test, types, scheme } = data.result;
  const told = splitWords(data);
  return html`${fact("Data", `${integer(split.train)} sentences to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test`)}
${told && fact("Split", told)}
${fact("Types", types.join(", "))}
${fact("Tags", `${scheme} in the data, BIO in the model; ${count(repaired.tags, "tag")} repaired`)}
${fact("Answers", `${count(test.repaired.tags, "tag")} that could not stand there read as the begin of an entity, in ${count(test.repaired.sentences, "sentence")}; ${count(test.unseen_words, "word")} cut off`)}
${data.result.by_seed && fact("By seed", seedsF1Words(data.result.by_seed))}
${fact("Words", `${percent(test.word_accuracy)} of ${integer(test.words)} have the right tag, most of them O`)}`;
}

/** The report of a finished run: one HTML file without scripts. */
export function renderEntitiesReport(data: EntitiesReportData): string {
  const { test, types } = data.result;
  return runPage({
    data,
    kind: "token classification",
    unit: "sentence",
    figure: {
      of: "F1 of entities",
      value: decimal(test.f1),
      ci95: range(test.f1_ci95),
      more: html`Precision ${decimal(test.precision)} (${range(test.precision_ci95)}), recall ${decimal(test.recall)} (${range(test.recall_ci95)});
${count(test.n, "entity", "entities")} in ${count(test.sentences, "test sentence")}.`,
    },
    facts: facts(data),
    main: html`${comparison(data)}${byType(test)}${confusion(test, types)}${worst(test)}`,
    metric: "F1",
    footer: `Intervals: percentile bootstrap over the test sentences; ${ofSeeds(data.result.by_seed)}.`,
  });
}

const transformersJs = `import { pipeline } from "@huggingface/transformers";

// The folder's absolute path, or one that begins with "./".
const mark = await pipeline("token-classification", "./model", { local_files_only: true });
console.log(await mark("a text", { aggregation_strategy: "simple" }));`;

/** The model card, README.md of the model folder. */
export function renderEntitiesCard(data: EntitiesReportData): string {
  const { result, title } = data;
  const { test } = result;
  const rows = ways(data).map(
    (w) =>
      `| ${escapeMarkdown(w.label)} | ${decimal(w.test.f1)} | ${range(w.test.f1_ci95)} | ${decimal(w.test.precision)} | ${decimal(w.test.recall)} |`,
  );
  const types = test.per_type.map(
    (t) =>
      `| ${escapeMarkdown(t.type)} | ${integer(t.n)} | ${decimal(t.precision)} | ${decimal(t.recall)} | ${decimal(t.f1)} |`,
  );
  return `---
license: other
license_name: ${JSON.stringify(result.base.license)}
pipeline_tag: token-classification
library_name: transformers.js
tags:
  - token-classification
  - onnx
  - transfer-learning
  - engraft
---

# ${escapeMarkdown(title)}

Marks ${result.types.map(escapeMarkdown).join(", ")} in texts. \`onnx/model.onnx\` uses standard ONNX operators:
\`input_ids\`, \`attention_mask\` int64[batch, length] in, \`logits\` float32[batch, length, ${result.labels.length}] out, raw scores of ${result.labels.map(escapeMarkdown).join(", ")}
(BIO). It learnt the tag of a word at the word's first sub-word: what it says of the others means nothing.

## Results

On ${count(test.sentences, "test sentence")} with ${count(test.n, "entity", "entities")} that took no part in training or choosing; entities as conlleval counts
them, intervals by bootstrap over sentences:

| | F1 | 95 % interval | precision | recall |
|---|---|---|---|---|
${rows.join("\n")}

| type | entities | precision | recall | F1 |
|---|---|---|---|---|
${types.join("\n")}

${result.verdict ? `Did the transfer help? **${result.verdict.transfer}**: ${escapeMarkdown(result.verdict.words)}\n` : ""}
## How to use it

\`\`\`js
${transformersJs}
\`\`\`

\`\`\`sh
engraft predict ./model "a text"
\`\`\`

## How it was made

- Base: ${escapeMarkdown(result.base.name.split(/[\\/]/).at(-1) ?? "")}, licence ${escapeMarkdown(result.base.license)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} sentences to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
`;
}
