// The report of a multi-label classification.

import type { Interval, LabelScores, LabelsResultEvent } from "../../core/events/events.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import type { Method } from "../layout/result-head.js";
import { labelsEn } from "../words/en/labels.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { labelsZh } from "../words/zh/labels.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";
import { shownClip } from "./shown-clip.js";

const wordsOfLabels: Readonly<Record<Lang, typeof labelsEn>> = { en: labelsEn, zh: labelsZh };

export type LabelsReportData = RunPageData<LabelsResultEvent>;

const range = (interval: Interval | undefined, lang: Lang = "en", few?: boolean): string =>
  !interval || few ? "–" : wordsIn(lang).items.range(interval);
const known = (value: number | null): string => (value === null ? "–" : decimal(value));
const one = ({ unit }: LabelsResultEvent): string => unit.slice(0, -1);

/** Returns the run's model and its baselines. */
function methodsOf({ result, lang = "en" }: LabelsReportData): readonly Method[] {
  const words = wordsIn(lang);
  const { page } = words;
  const { tta } = result;
  const score = (test: LabelScores, constant = false): Pick<Method, "value" | "ci95" | "cells"> => ({
    value: test.micro_f1,
    ...(!constant && !test.few_groups && { ci95: test.micro_f1_ci95 }),
    cells: [
      percent(test.macro_f1),
      percent(test.subset_accuracy),
      percent(test.hamming_loss),
      known(test.mean_average_precision),
    ],
  });
  return [
    { label: page.thisModel(methodOfModel(result)), ...score(result.test) },
    ...(tta ? [{ label: page.views(tta.views), ...score(tta.test) }] : []),
    ...baselineMethods<LabelScores>({ ...result.baselines }, wordsOfLabels[lang].ways, score, words),
  ];
}

/** Rows of a table that are not folded. */
const mostRows = 12;

function byLabel(test: LabelScores, lang: Lang): Markup {
  const sorted = [...test.per_label].sort((a, b) => a.f1 - b.f1);
  const [w, run] = [wordsOfLabels[lang], runWords[lang]];
  const { page } = wordsIn(lang);
  const table = (
    rows: typeof sorted,
  ): Markup => html`<div class="scroll" role="region" aria-label="${w.byLabel}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.label}</th><th scope="col" class="n">${w.haveIt}</th><th scope="col" class="n">${w.predicted}</th><th scope="col" class="n">${w.right}</th>
<th scope="col" class="n">${term("precision", lang, run.precision)}</th><th scope="col" class="n">${term("recall", lang, run.recall)}</th><th scope="col" class="n">${term("f1", lang, "F1")}</th><th scope="col" class="n">${term("average-precision", lang, w.averagePrecision)}</th>
<th scope="col" class="n">${term("auroc", lang, "AUROC")}</th><th scope="col" class="n">${term("threshold", lang, w.threshold)}</th></tr></thead><tbody>${rows.map(
    (
      t,
    ) => html`<tr><th scope="row">${name(t.label)}</th><td class="n">${integer(t.n)}</td><td class="n">${integer(t.predicted)}</td><td class="n">${integer(t.correct)}</td>
<td class="n">${decimal(t.precision)}</td><td class="n">${decimal(t.recall)}</td><td class="n">${decimal(t.f1)}</td><td class="n">${known(t.average_precision)}</td>
<td class="n">${known(t.auroc)}</td><td class="n">${decimal(t.threshold)}</td></tr>`,
  )}</tbody></table></div>`;
  const rest = sorted.slice(mostRows);
  return html`<p class="small muted">${w.byLabelNote}</p>${table(sorted.slice(0, mostRows))}
${rest.length > 0 && html`<details><summary>${page.moreRows(rest.length)}</summary>${table(rest)}</details>`}`;
}

function worst(data: LabelsReportData, kind: string): Markup {
  const { lang = "en" } = data;
  const { test } = data.result;
  const w = wordsOfLabels[lang];
  const { items, page } = wordsIn(lang);
  const listed = (labels: readonly string[]): Markup =>
    labels.length === 0 ? html`${w.none}` : html`<bdi>${labels.join(" · ")}</bdi>`;
  if (test.worst.length === 0) return html`<p>${w.everyRight}</p>`;
  const table = (
    rows: LabelScores["worst"],
  ): Markup => html`<div class="scroll"><table class="data"><thead><tr><th scope="col">${items.one(kind)}</th>
<th scope="col" class="n">${w.wrongDecisions}</th><th scope="col">${w.missed}</th><th scope="col">${w.wronglyPredicted}</th></tr></thead><tbody>${rows.map(
    (t) =>
      html`<tr><th scope="row">${name(t.item)}${shownClip(data, t.item)}</th><td class="n">${integer(t.mistakes)}</td><td>${listed(t.missed)}</td><td>${listed(t.wrong)}</td></tr>`,
  )}</tbody></table></div>`;
  const rest = test.worst.slice(mostRows);
  return html`${table(test.worst.slice(0, mostRows))}
${rest.length > 0 && html`<details><summary>${page.moreRows(rest.length)}</summary>${table(rest)}</details>`}`;
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

/** Returns the report of a finished run as one HTML document without scripts. */
export function renderLabelsReport(data: LabelsReportData): string {
  const { lang = "en" } = data;
  const { test } = data.result;
  const kind = one(data.result);
  const w = wordsOfLabels[lang];
  const { items, page } = wordsIn(lang);
  const all = [
    percent(test.subset_accuracy),
    items.testCount(test.n, kind),
    test.few_groups ? "–" : items.range(test.subset_accuracy_ci95),
  ] as const;
  return runPage({
    data,
    kind: w.kind,
    unit: kind,
    head: {
      label: page.onTest(term("micro-f1", lang, w.figure)),
      metric: w.microF1,
      scale: "share",
      methods: methodsOf(data),
      columns: [term("macro-f1", lang, w.macroF1), w.allRight, w.wrongDecisions, w.meanAveragePrecision],
      few: test.few_groups,
      notes: [w.more(percent(test.macro_f1), range(test.macro_f1_ci95, lang, test.few_groups), ...all)],
    },
    tested: test,
    facts: facts(data),
    parts: { scores: { title: w.byLabel, body: byLabel(test, lang) }, worst: worst(data, kind) },
    footer: w.footer(items.many(kind), seedsWords[lang].foot(data.result.by_seed)),
  });
}
