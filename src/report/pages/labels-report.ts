/** The report and the card of a run that learns which of several labels items have. */

import type { Interval, LabelScores, LabelsResultEvent } from "../../core/events/events.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import { classificationOf } from "../../core/results/task.js";
import { frontMatter } from "../cards/front-matter.js";
import { pipelineSnippet, scriptBegin } from "../cards/transformers-js.js";
import { count, decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { baseLine, escapeMarkdown, licenceSection, verdictParagraphs, versionsLine } from "../markdown.js";
import { recorded } from "../recorded.js";
import { labelsEn } from "../words/en/labels.js";
import { type Lang, wordsIn } from "../words/index.js";
import { labelsZh } from "../words/zh/labels.js";
import { fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";
import { averageLine } from "./training-facts.js";

const wordsOfLabels: Readonly<Record<Lang, typeof labelsEn>> = { en: labelsEn, zh: labelsZh };

export type LabelsReportData = RunPageData<LabelsResultEvent>;

const range = (interval: Interval, lang: Lang = "en", few?: boolean): string =>
  few ? "–" : wordsIn(lang).items.range(interval);
const known = (value: number | null): string => (value === null ? "–" : decimal(value));
const one = ({ unit }: LabelsResultEvent): string => unit.slice(0, -1);

/** Ways to the result, the run's own first. */
function ways({
  result,
  lang = "en",
}: LabelsReportData): { label: string; test: LabelScores; recipe: string; constant: boolean }[] {
  const { ways: words } = wordsOfLabels[lang];
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b
      ? [
          {
            ...{ label: words[key] ?? key, test: b.test, recipe: b.recipe },
            constant: constantBaselines.has(key),
          },
        ]
      : [],
  );
  const label = wordsIn(lang).page.thisModel(result.strategy.name);
  const own = { recipe: "", constant: false };
  const { tta } = result;
  return [
    { label, test: result.test, ...own },
    ...(tta ? [{ label: wordsIn(lang).page.views(tta.views), test: tta.test, ...own }] : []),
    ...others,
  ];
}

function comparison(data: LabelsReportData): Markup {
  const { lang = "en" } = data;
  const [w, run, words] = [wordsOfLabels[lang], runWords[lang], wordsIn(lang)];
  return html`<section><h2>${run.comparedWith}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${run.way}</th>
<th scope="col" class="n">${w.microF1}</th><th scope="col" class="n">${run.interval}</th><th scope="col" class="n">${w.macroF1}</th><th scope="col" class="n">${w.allRight}</th>
<th scope="col" class="n">${w.wrongDecisions}</th><th scope="col" class="n">${w.meanAveragePrecision}</th><th scope="col">${run.how}</th></tr></thead>
<tbody>${ways(data).map(
    ({ label, test, recipe, constant }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${percent(test.micro_f1)}</td><td class="n">${range(test.micro_f1_ci95, lang, constant || test.few_groups)}</td>
<td class="n">${percent(test.macro_f1)}</td><td class="n">${percent(test.subset_accuracy)}</td><td class="n">${percent(test.hamming_loss)}</td><td class="n">${known(test.mean_average_precision)}</td><td>${recipe && recorded(recipe, words)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function byLabel(test: LabelScores, lang: Lang): Markup {
  const sorted = [...test.per_label].sort((a, b) => a.f1 - b.f1);
  const [w, run] = [wordsOfLabels[lang], runWords[lang]];
  return html`<section><h2>${w.byLabel}</h2><div class="scroll"><table class="data">
<caption>${w.byLabelNote}</caption>
<thead><tr><th scope="col">${w.label}</th><th scope="col" class="n">${w.haveIt}</th><th scope="col" class="n">${w.said}</th><th scope="col" class="n">${w.right}</th>
<th scope="col" class="n">${run.precision}</th><th scope="col" class="n">${run.recall}</th><th scope="col" class="n">F1</th><th scope="col" class="n">${w.averagePrecision}</th>
<th scope="col" class="n">AUROC</th><th scope="col" class="n">${w.threshold}</th></tr></thead><tbody>${sorted.map(
    (
      t,
    ) => html`<tr><th scope="row">${name(t.label)}</th><td class="n">${integer(t.n)}</td><td class="n">${integer(t.predicted)}</td><td class="n">${integer(t.correct)}</td>
<td class="n">${decimal(t.precision)}</td><td class="n">${decimal(t.recall)}</td><td class="n">${decimal(t.f1)}</td><td class="n">${known(t.average_precision)}</td>
<td class="n">${known(t.auroc)}</td><td class="n">${decimal(t.threshold)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function worst(test: LabelScores, kind: string, lang: Lang): Markup {
  const w = wordsOfLabels[lang];
  const { items } = wordsIn(lang);
  // Labels in one line.
  const listed = (labels: readonly string[]): Markup =>
    labels.length === 0 ? html`${w.none}` : html`<bdi>${labels.join(" · ")}</bdi>`;
  const title = w.worst(items.many(kind));
  if (test.worst.length === 0) return html`<section><h2>${title}</h2><p>${w.everyRight}</p></section>`;
  return html`<section><h2>${title}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${items.one(kind)}</th>
<th scope="col" class="n">${w.wrongDecisions}</th><th scope="col">${w.missed}</th><th scope="col">${w.saidWrongly}</th></tr></thead><tbody>${test.worst.map(
    (t) =>
      html`<tr><th scope="row">${name(t.item)}</th><td class="n">${integer(t.mistakes)}</td><td>${listed(t.missed)}</td><td>${listed(t.wrong)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function facts(data: LabelsReportData): Markup {
  const { result, lang = "en" } = data;
  const { split, test, thresholds } = result;
  const [w, run, { items }] = [wordsOfLabels[lang], runWords[lang], wordsIn(lang)];
  const { n, predicted } = test.without_labels;
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), items.many(one(result))))}
${splitFact(data)}
${fact(w.labels, result.classes.join(", "))}
${fact(w.thresholds, thresholds.rule === "validation" ? w.byValidation : w.fixed(thresholds.values[0]))}
${result.by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(result.by_seed))}
${fact(w.noLabel, w.noLabelWords(n, one(result), integer(predicted)))}`;
}

/** The report of a finished run: one HTML file without scripts. */
export function renderLabelsReport(data: LabelsReportData): string {
  const { lang = "en" } = data;
  const { test } = data.result;
  const kind = one(data.result);
  const w = wordsOfLabels[lang];
  const { items } = wordsIn(lang);
  const all = [
    percent(test.subset_accuracy),
    items.testCount(test.n, kind),
    test.few_groups ? "–" : items.range(test.subset_accuracy_ci95),
  ] as const;
  return runPage({
    data,
    kind: w.kind,
    unit: kind,
    figure: {
      of: w.figure,
      value: percent(test.micro_f1),
      ci95: test.few_groups ? undefined : range(test.micro_f1_ci95, lang),
      tested: test,
      more: html`${w.more(percent(test.macro_f1), range(test.macro_f1_ci95, lang, test.few_groups), ...all)}`,
    },
    facts: facts(data),
    main: html`${comparison(data)}${byLabel(test, lang)}${worst(test, kind, lang)}`,
    metric: w.microF1,
    footer: w.footer(items.many(kind), seedsWords[lang].foot(data.result.by_seed)),
  });
}

const ofTexts = pipelineSnippet(
  classificationOf.text,
  "classify",
  'console.log(await classify("a text", { top_k: null })); // every label with its probability',
);

const ofPictures = `${scriptBegin("AutoModel, AutoProcessor, RawImage")}
const options = { local_files_only: true };
const [model, processor] = [await AutoModel.from_pretrained(folder, options), await AutoProcessor.from_pretrained(folder, options)];
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
      `| ${escapeMarkdown(w.label)} | ${percent(w.test.micro_f1)} | ${range(w.test.micro_f1_ci95, "en", w.constant || w.test.few_groups)} | ${percent(w.test.macro_f1)} | ${percent(w.test.subset_accuracy)} | ${known(w.test.mean_average_precision)} |`,
  );
  const labels = test.per_label.map(
    (t) =>
      `| ${escapeMarkdown(t.label)} | ${integer(t.n)} | ${decimal(t.precision)} | ${decimal(t.recall)} | ${decimal(t.f1)} | ${known(t.average_precision)} | ${decimal(t.threshold)} |`,
  );
  const head = frontMatter({
    ...{ base: result.base, task: classificationOf[texts ? "text" : "image"], metrics: ["f1"] },
    ...{ library: "transformers.js", tags: [result.task] },
  });
  return `${head}

# ${escapeMarkdown(title)}

Says which of ${result.classes.map(escapeMarkdown).join(", ")} a ${kind} has: none, one or several. \`onnx/model.onnx\` uses standard ONNX operators:
${texts ? "`input_ids`, `attention_mask` int64[batch, length]" : "`pixel_values` float32[batch, 3, H, W]"} in, \`logits\` float32[batch, ${result.classes.length}] out, raw scores; the sigmoid of each is the label's probability.

## Results

On ${count(test.n, `test ${kind}`)} that took no part in training or choosing; intervals over ${kind}s, or their groups:

| | micro F1 | 95 % interval | macro F1 | all labels right | mean average precision |
|---|---|---|---|---|---|
${rows.join("\n")}

| label | ${kind}s | precision | recall | F1 | average precision | threshold |
|---|---|---|---|---|---|---|
${labels.join("\n")}

${verdictParagraphs(result)}
## How to use it

\`\`\`js
${texts ? ofTexts : ofPictures}
\`\`\`

\`\`\`sh
engraft predict ./model ${texts ? '"a text"' : "picture.jpg"}
\`\`\`

## How it was made

${baseLine(result.base)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} ${result.unit} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
${averageLine(result)}${versionsLine(data.versions)}

${licenceSection(result.base, result.unit)}
`;
}
