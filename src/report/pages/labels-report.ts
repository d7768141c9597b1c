/** The report and the card of a run that learns which of several labels items have. */

import type { Interval, LabelScores, LabelsResultEvent } from "../../core/events/events.js";
import type { Recipe } from "../../core/messages/message.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { recordedRecipe } from "../recorded.js";
import { labelsEn } from "../words/en/labels.js";
import { type Lang, wordsIn } from "../words/index.js";
import { labelsZh } from "../words/zh/labels.js";
import { fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";

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
}: LabelsReportData): { label: string; test: LabelScores; baseline?: Recipe; constant: boolean }[] {
  const { ways: words } = wordsOfLabels[lang];
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b
      ? [
          {
            ...{ label: words[key] ?? key, test: b.test, baseline: b },
            constant: constantBaselines.has(key),
          },
        ]
      : [],
  );
  const label = wordsIn(lang).page.thisModel(result.strategy.name);
  const { tta } = result;
  return [
    { label, test: result.test, constant: false },
    ...(tta ? [{ label: wordsIn(lang).page.views(tta.views), test: tta.test, constant: false }] : []),
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
    ({ label, test, baseline, constant }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${percent(test.micro_f1)}</td><td class="n">${range(test.micro_f1_ci95, lang, constant || test.few_groups)}</td>
<td class="n">${percent(test.macro_f1)}</td><td class="n">${percent(test.subset_accuracy)}</td><td class="n">${percent(test.hamming_loss)}</td><td class="n">${known(test.mean_average_precision)}</td><td>${baseline && recordedRecipe(baseline, words)}</td></tr>`,
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
