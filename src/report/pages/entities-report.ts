// The report of a named-entity recognition.

import type { EntitiesResultEvent, EntityScores, Interval } from "../../core/events/events.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import type { Method } from "../layout/result-head.js";
import { entitiesEn } from "../words/en/entities.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { entitiesZh } from "../words/zh/entities.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";

const wordsOfEntities: Readonly<Record<Lang, typeof entitiesEn>> = { en: entitiesEn, zh: entitiesZh };

export type EntitiesReportData = RunPageData<EntitiesResultEvent>;

const range = (interval: Interval, lang: Lang = "en", few?: boolean): string =>
  few ? "–" : wordsIn(lang).items.range(interval);

/** Returns the run's model and its baselines. */
function methodsOf({ result, lang = "en" }: EntitiesReportData): readonly Method[] {
  const words = wordsIn(lang);
  const score = (test: EntityScores): Pick<Method, "value" | "ci95" | "cells"> => ({
    value: test.f1,
    ...(!test.few_groups && { ci95: test.f1_ci95 }),
    cells: [percent(test.precision), percent(test.recall)],
  });
  return [
    { label: words.page.thisModel(methodOfModel(result)), ...score(result.test) },
    ...baselineMethods<EntityScores>({ ...result.baselines }, wordsOfEntities[lang].ways, score, words),
  ];
}

function byType(test: EntityScores, lang: Lang): Markup {
  const sorted = [...test.per_type].sort((a, b) => a.f1 - b.f1);
  const [w, run] = [wordsOfEntities[lang], runWords[lang]];
  return html`<div class="scroll" role="region" aria-label="${w.byType}" tabindex="0"><table class="data">
<caption>${w.byTypeNote}</caption>
<thead><tr><th scope="col">${w.type}</th><th scope="col" class="n">${w.entities}</th><th scope="col" class="n">${w.predicted}</th><th scope="col" class="n">${w.right}</th>
<th scope="col" class="n">${term("precision", lang, run.precision)}</th><th scope="col" class="n">${term("recall", lang, run.recall)}</th><th scope="col" class="n">${term("f1", lang, "F1")}</th></tr></thead><tbody>${sorted.map(
    (
      t,
    ) => html`<tr><th scope="row">${name(t.type)}</th><td class="n">${integer(t.n)}</td><td class="n">${integer(t.predicted)}</td><td class="n">${integer(t.correct)}</td>
<td class="n">${decimal(t.precision)}</td><td class="n">${decimal(t.recall)}</td><td class="n">${decimal(t.f1)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Returns the confusion matrix of the types, with missed entities and those that are not there. */
function confusion({ confusion: matrix }: EntityScores, types: readonly string[], lang: Lang): Markup {
  const w = wordsOfEntities[lang];
  const { page } = wordsIn(lang);
  const columns = [...types.map(name), w.otherBounds, w.missed];
  const rows = [...types.map(name), w.noEntity];
  const cell = (t: number, p: number, total: number): Markup => {
    const n = matrix[t]![p]!;
    const kind = n === 0 ? "zero" : p === t ? "right" : "wrong";
    return html`<td class="${kind}" style="--share:${Math.sqrt(total > 0 ? n / total : 0).toFixed(3)}">${integer(n)}</td>`;
  };
  return html`<div class="scroll" role="region" aria-label="${w.confusion}" tabindex="0">
<table class="confusion"><thead><tr><th scope="col" class="axis">${page.matrixAxis}</th>${columns.map((c) => html`<th scope="col" class="class">${c}</th>`)}<th scope="col" class="axis">${page.all}</th></tr></thead>
<tbody>${rows.map((row, t) => {
    const total = matrix[t]!.reduce((a, b) => a + b, 0);
    return html`<tr><th scope="row">${row}</th>${columns.map((_, p) => cell(t, p, total))}<td class="total">${integer(total)}</td></tr>`;
  })}</tbody></table></div>
<p class="small muted">${w.confusionNote}</p>`;
}

/** Sentences that are not folded. */
const mostWorst = 6;

function worst(test: EntityScores, lang: Lang): Markup {
  const w = wordsOfEntities[lang];
  const listed = (entities: readonly string[]): Markup =>
    entities.length === 0 ? html`${w.nothing}` : html`<bdi>${entities.join(" · ")}</bdi>`;
  if (test.worst.length === 0) return html`<p>${w.allFound}</p>`;
  const table = (
    rows: EntityScores["worst"],
  ): Markup => html`<div class="scroll"><table class="data"><thead><tr><th scope="col">${w.sentence}</th>
<th scope="col" class="n">${w.mistakes}</th><th scope="col">${w.truth}</th><th scope="col">${w.predicted}</th></tr></thead><tbody>${rows.map(
    (t) =>
      html`<tr><th scope="row"><bdi>${t.text}</bdi><br><small class="muted">${t.item}</small></th><td class="n">${integer(t.mistakes)}</td>
<td>${listed(t.true)}</td><td>${listed(t.predicted)}</td></tr>`,
  )}</tbody></table></div>`;
  const rest = test.worst.slice(mostWorst);
  return html`${table(test.worst.slice(0, mostWorst))}
${rest.length > 0 && html`<details><summary>${wordsIn(lang).page.moreRows(rest.length)}</summary>${table(rest)}</details>`}`;
}

function facts(data: EntitiesReportData): Markup {
  const { lang = "en", result } = data;
  const { split, repaired, test, types, scheme } = result;
  const [w, run] = [wordsOfEntities[lang], runWords[lang]];
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), w.items))}
${splitFact(data)}
${fact(w.types, types.join(", "))}
${fact(w.tags, w.tagsWords(scheme, repaired.tags))}
${fact(w.answers, w.answersWords(test.repaired.tags, test.repaired.sentences, test.unseen_words))}
${result.by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(result.by_seed))}
${fact(w.words, w.wordsWords(percent(test.word_accuracy), integer(test.words)))}`;
}

/** Returns the report of a finished run as one HTML document without scripts. */
export function renderEntitiesReport(data: EntitiesReportData): string {
  const { lang = "en" } = data;
  const { test, types } = data.result;
  const [w, run] = [wordsOfEntities[lang], runWords[lang]];
  const { page } = wordsIn(lang);
  const scoreText = (value: number, ci95: Interval): string =>
    test.few_groups ? percent(value) : page.inBrackets(percent(value), range(ci95, lang));
  return runPage({
    data,
    kind: w.kind,
    unit: "sentence",
    head: {
      label: page.onTest(term("f1", lang, w.figure)),
      metric: "F1",
      scale: "share",
      methods: methodsOf(data),
      columns: [run.precision, run.recall],
      few: test.few_groups,
      notes: [
        `${w.more(scoreText(test.precision, test.precision_ci95), scoreText(test.recall, test.recall_ci95))}${page.gap}${w.counted(test.n, test.sentences)}`,
      ],
    },
    tested: { ...test, n: test.sentences },
    facts: facts(data),
    parts: {
      confusion: confusion(test, types, lang),
      worst: data.samples === false ? undefined : worst(test, lang),
      scores: { title: w.byType, body: byType(test, lang) },
    },
    footer: w.footer(seedsWords[lang].foot(data.result.by_seed)),
  });
}
