/** The report and the card of a run that learns which of several labels items have. */
import type { Interval, LabelScores, LabelsResultEvent } from "../core/events.js";
import { html, type Markup, name } from "./html.js";
import { escapeMarkdown } from "./model-card.js";
import { count, decimal, integer, percent, percentRange } from "./numbers.js";
import { fact, type RunPageData, runPage, splitWords } from "./run-page.js";
import { ofSeeds, seedsF1Words } from "./seeds-f1.js";

export type LabelsReportData = RunPageData<LabelsResultEvent>;

const range = ([a, b]: Interval): string => `${decimal(a)} to ${decimal(b)}`;
const known = (value: number | null): string => (value === null ? "–" : decimal(value));
const one = ({ unit }: LabelsResultEvent): string => unit.slice(0, -1);

/** Ways to the result, the run's own first. */
function ways({ result }: LabelsReportData): { label: string; test: LabelScores; recipe: string }[] {
  const words: Readonly<Record<string, string>> = {
    probe: "probe: head only",
    tf_idf: "TF-IDF, no network",
    scratch: "from scratch",
  };
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b ? [{ label: words[key] ?? key, test: b.test, recipe: b.recipe }] : [],
  );
  return [{ label: `${result.strategy.name} (this model)`, test: result.test, recipe: "" }, ...others];
}

function comparison(data: LabelsReportData): Markup {
  return html`<section><h2>Compared with</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">way</th>
<th scope="col" class="n">micro F1</th><th scope="col" class="n">95 % interval</th><th scope="col" class="n">macro F1</th><th scope="col" class="n">all labels right</th>
<th scope="col" class="n">wrong decisions</th><th scope="col" class="n">mean average precision</th><th scope="col">how</th></tr></thead>
<tbody>${ways(data).map(
    ({ label, test, recipe }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${decimal(test.micro_f1)}</td><td class="n">${range(test.micro_f1_ci95)}</td>
<td class="n">${decimal(test.macro_f1)}</td><td class="n">${percent(test.subset_accuracy)}</td><td class="n">${percent(test.hamming_loss)}</td><td class="n">${known(test.mean_average_precision)}</td><td>${recipe}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function byLabel(test: LabelScores): Markup {
  const sorted = [...test.per_label].sort((a, b) => a.f1 - b.f1);
  return html`<section><h2>By label</h2><div class="scroll"><table class="data">
<caption>Weakest first. A label is said from its threshold on; average precision and AUROC look at the probabilities alone.</caption>
<thead><tr><th scope="col">label</th><th scope="col" class="n">have it</th><th scope="col" class="n">said</th><th scope="col" class="n">right</th>
<th scope="col" class="n">precision</th><th scope="col" class="n">recall</th><th scope="col" class="n">F1</th><th scope="col" class="n">average precision</th>
<th scope="col" class="n">AUROC</th><th scope="col" class="n">threshold</th></tr></thead><tbody>${sorted.map(
    (
      t,
    ) => html`<tr><th scope="row">${name(t.label)}</th><td class="n">${integer(t.n)}</td><td class="n">${integer(t.predicted)}</td><td class="n">${integer(t.correct)}</td>
<td class="n">${decimal(t.precision)}</td><td class="n">${decimal(t.recall)}</td><td class="n">${decimal(t.f1)}</td><td class="n">${known(t.average_precision)}</td>
<td class="n">${known(t.auroc)}</td><td class="n">${decimal(t.threshold)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Labels in one line. */
const listed = (labels: readonly string[]): Markup =>
  labels.length === 0 ? html`none` : html`<bdi>${labels.join(" · ")}</bdi>`;

function worst(test: LabelScores, kind: string): Markup {
  if (test.worst.length === 0)
    return html`<section><h2>Worst ${kind}s</h2><p>Every label was right.</p></section>`;
  return html`<section><h2>Worst ${kind}s</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${kind}</th>
<th scope="col" class="n">wrong decisions</th><th scope="col">missed</th><th scope="col">said wrongly</th></tr></thead><tbody>${test.worst.map(
    (w) =>
      html`<tr><th scope="row">${name(w.item)}</th><td class="n">${integer(w.mistakes)}</td><td>${listed(w.missed)}</td><td>${listed(w.wrong)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function facts(data: LabelsReportData): Markup {
  const { result } = data;
  const { split, test } = result;
  const told = splitWords(data);
  return html`${fact("Data", `${integer(split.train)} ${result.unit} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test`)}
${told && fact("Split", told)}
${fact("Labels", result.classes.join(", "))}
${fact("Thresholds", result.thresholds.rule === "validation" ? "for each label the one with the highest F1 on the validation part" : `${result.thresholds.values[0]} for each label`)}
${data.result.by_seed && fact("By seed", seedsF1Words(data.result.by_seed))}
${fact("No label", `${count(test.without_labels.n, one(result))} of the test part ${test.without_labels.n === 1 ? "has" : "have"} none, of ${integer(test.without_labels.predicted)} none was said`)}`;
}

/** The report of a finished run: one HTML file without scripts. */
export function renderLabelsReport(data: LabelsReportData): string {
  const { test } = data.result;
  const kind = one(data.result);
  return runPage({
    data,
    kind: "multi-label classification",
    unit: kind,
    figure: {
      of: "Micro F1 of labels",
      value: decimal(test.micro_f1),
      ci95: range(test.micro_f1_ci95),
      more: html`Macro F1 ${decimal(test.macro_f1)} (${range(test.macro_f1_ci95)}); all labels right for ${percent(test.subset_accuracy)} of ${count(test.n, `test ${kind}`)} (${percentRange(test.subset_accuracy_ci95)}).`,
    },
    facts: facts(data),
    main: html`${comparison(data)}${byLabel(test)}${worst(test, kind)}`,
    metric: "micro F1",
    footer: `Intervals: percentile bootstrap over the test ${kind}s, Wilson's for shares; ${ofSeeds(data.result.by_seed)}.`,
  });
}

const ofTexts = `import { pipeline } from "@huggingface/transformers";

// The folder's absolute path, or one that begins with "./".
const classify = await pipeline("text-classification", "./model", { local_files_only: true });
console.log(await classify("a text", { top_k: null })); // every label with its probability`;

const ofPictures = `import { AutoModel, AutoProcessor, RawImage } from "@huggingface/transformers";

// The folder's absolute path, or one that begins with "./".
const options = { local_files_only: true };
const [model, processor] = [await AutoModel.from_pretrained("./model", options), await AutoProcessor.from_pretrained("./model", options)];
const { logits } = await model(await processor(await RawImage.read("picture.jpg")));
console.log(logits.sigmoid().tolist()); // a probability for each label; the pipeline would take a softmax`;

/** The model card, README.md of the model folder. */
export function renderLabelsCard(data: LabelsReportData): string {
  const { result, title } = data;
  const { test } = result;
  const kind = one(result);
  const texts = result.unit === "texts";
  const rows = ways(data).map(
    (w) =>
      `| ${escapeMarkdown(w.label)} | ${decimal(w.test.micro_f1)} | ${range(w.test.micro_f1_ci95)} | ${decimal(w.test.macro_f1)} | ${percent(w.test.subset_accuracy)} | ${known(w.test.mean_average_precision)} |`,
  );
  const labels = test.per_label.map(
    (t) =>
      `| ${escapeMarkdown(t.label)} | ${integer(t.n)} | ${decimal(t.precision)} | ${decimal(t.recall)} | ${decimal(t.f1)} | ${known(t.average_precision)} | ${decimal(t.threshold)} |`,
  );
  return `---
license: other
license_name: ${JSON.stringify(result.base.license)}
pipeline_tag: ${texts ? "text-classification" : "image-classification"}
library_name: transformers.js
tags:
  - multi-label-classification
  - onnx
  - transfer-learning
  - engraft
---

# ${escapeMarkdown(title)}

Says which of ${result.classes.map(escapeMarkdown).join(", ")} a ${kind} has: none, one or several. \`onnx/model.onnx\` uses standard ONNX operators:
${texts ? "`input_ids`, `attention_mask` int64[batch, length]" : "`pixel_values` float32[batch, 3, H, W]"} in, \`logits\` float32[batch, ${result.classes.length}] out, raw scores; the sigmoid of each is the label's probability.

## Results

On ${count(test.n, `test ${kind}`)} that took no part in training or choosing; intervals by bootstrap over ${kind}s:

| | micro F1 | 95 % interval | macro F1 | all labels right | mean average precision |
|---|---|---|---|---|---|
${rows.join("\n")}

| label | ${kind}s | precision | recall | F1 | average precision | threshold |
|---|---|---|---|---|---|---|
${labels.join("\n")}

${result.verdict ? `Did the transfer help? **${result.verdict.transfer}**: ${escapeMarkdown(result.verdict.words)}\n` : ""}
## How to use it

\`\`\`js
${texts ? ofTexts : ofPictures}
\`\`\`

\`\`\`sh
engraft predict ./model ${texts ? '"a text"' : "picture.jpg"}
\`\`\`

## How it was made

- Base: ${escapeMarkdown(result.base.name.split(/[\\/]/).at(-1) ?? "")}, licence ${escapeMarkdown(result.base.license)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} ${result.unit} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
`;
}
