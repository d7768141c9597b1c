/** The report and the card of a run that learns to mark entities. */

import type { EntitiesResultEvent, EntityScores, Interval } from "../../core/events/events.js";
import type { Recipe } from "../../core/messages/message.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { recordedRecipe } from "../recorded.js";
import { entitiesEn } from "../words/en/entities.js";
import { type Lang, wordsIn } from "../words/index.js";
import { entitiesZh } from "../words/zh/entities.js";
import { fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";

const wordsOfEntities: Readonly<Record<Lang, typeof entitiesEn>> = { en: entitiesEn, zh: entitiesZh };

export type EntitiesReportData = RunPageData<EntitiesResultEvent>;

const range = (interval: Interval, lang: Lang = "en", few?: boolean): string =>
  few ? "–" : wordsIn(lang).items.range(interval);

/** Ways to the result, the run's own first. */
function ways({ result, lang = "en" }: EntitiesReportData): {
  label: string;
  test: EntityScores;
  baseline?: Recipe;
}[] {
  const { ways: words } = wordsOfEntities[lang];
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b ? [{ label: words[key] ?? key, test: b.test, baseline: b }] : [],
  );
  const label = wordsIn(lang).page.thisModel(result.strategy.name);
  return [{ label, test: result.test }, ...others];
}

function comparison(data: EntitiesReportData): Markup {
  const { lang = "en" } = data;
  const [w, words] = [runWords[lang], wordsIn(lang)];
  return html`<section><h2>${w.comparedWith}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${w.way}</th>
<th scope="col" class="n">F1</th><th scope="col" class="n">${w.interval}</th><th scope="col" class="n">${w.precision}</th><th scope="col" class="n">${w.recall}</th><th scope="col">${w.how}</th></tr></thead>
<tbody>${ways(data).map(
    ({ label, test, baseline }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${percent(test.f1)}</td><td class="n">${range(test.f1_ci95, lang, test.few_groups)}</td>
<td class="n">${percent(test.precision)}</td><td class="n">${percent(test.recall)}</td><td>${baseline && recordedRecipe(baseline, words)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function byType(test: EntityScores, lang: Lang): Markup {
  const sorted = [...test.per_type].sort((a, b) => a.f1 - b.f1);
  const [w, run] = [wordsOfEntities[lang], runWords[lang]];
  return html`<section><h2>${w.byType}</h2><div class="scroll"><table class="data">
<caption>${w.byTypeNote}</caption>
<thead><tr><th scope="col">${w.type}</th><th scope="col" class="n">${w.entities}</th><th scope="col" class="n">${w.said}</th><th scope="col" class="n">${w.right}</th>
<th scope="col" class="n">${run.precision}</th><th scope="col" class="n">${run.recall}</th><th scope="col" class="n">F1</th></tr></thead><tbody>${sorted.map(
    (
      t,
    ) => html`<tr><th scope="row">${name(t.type)}</th><td class="n">${integer(t.n)}</td><td class="n">${integer(t.predicted)}</td><td class="n">${integer(t.correct)}</td>
<td class="n">${decimal(t.precision)}</td><td class="n">${decimal(t.recall)}</td><td class="n">${decimal(t.f1)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Which type was taken for which; what was missed, and what was said of nothing. */
function confusion({ confusion: matrix }: EntityScores, types: readonly string[], lang: Lang): Markup {
  const w = wordsOfEntities[lang];
  const { page } = wordsIn(lang);
  const columns = [...types.map(name), w.otherBounds, w.nothingSaid];
  const rows = [...types.map(name), w.nothingThere];
  const cell = (t: number, p: number, total: number): Markup => {
    const n = matrix[t]![p]!;
    const kind = n === 0 ? "zero" : p === t ? "right" : "wrong";
    return html`<td class="${kind}" style="--share:${Math.sqrt(total > 0 ? n / total : 0).toFixed(3)}">${integer(n)}</td>`;
  };
  return html`<section><h2>${page.matrixTitle}</h2><div class="scroll" role="region" aria-label="${w.confusion}" tabindex="0">
<table class="confusion"><thead><tr><th scope="col" class="axis">${page.matrixAxis}</th>${columns.map((c) => html`<th scope="col" class="class">${c}</th>`)}<th scope="col" class="axis">${page.all}</th></tr></thead>
<tbody>${rows.map((row, t) => {
    const total = matrix[t]!.reduce((a, b) => a + b, 0);
    return html`<tr><th scope="row">${row}</th>${columns.map((_, p) => cell(t, p, total))}<td class="total">${integer(total)}</td></tr>`;
  })}</tbody></table></div>
<p class="small muted">${w.confusionNote}</p></section>`;
}

function worst(test: EntityScores, lang: Lang): Markup | undefined {
  const w = wordsOfEntities[lang];
  // Entities in one line.
  const listed = (entities: readonly string[]): Markup =>
    entities.length === 0 ? html`${w.nothing}` : html`<bdi>${entities.join(" · ")}</bdi>`;
  if (test.worst.length === 0) return html`<section><h2>${w.worst}</h2><p>${w.allFound}</p></section>`;
  return html`<section><h2>${w.worst}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${w.sentence}</th>
<th scope="col" class="n">${w.mistakes}</th><th scope="col">${w.there}</th><th scope="col">${w.said}</th></tr></thead><tbody>${test.worst.map(
    (t) =>
      html`<tr><th scope="row"><bdi>${t.text}</bdi><br><small class="muted">${t.item}</small></th><td class="n">${integer(t.mistakes)}</td>
<td>${listed(t.true)}</td><td>${listed(t.predicted)}</td></tr>`,
  )}</tbody></table></div></section>`;
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

/** The report of a finished run: one HTML file without scripts. */
export function renderEntitiesReport(data: EntitiesReportData): string {
  const { lang = "en" } = data;
  const { test, types } = data.result;
  const w = wordsOfEntities[lang];
  const { page } = wordsIn(lang);
  const told = (value: number, ci95: Interval): string =>
    test.few_groups ? percent(value) : page.inBrackets(percent(value), range(ci95, lang));
  return runPage({
    data,
    kind: w.kind,
    unit: "sentence",
    figure: {
      of: w.figure,
      value: percent(test.f1),
      ci95: test.few_groups ? undefined : range(test.f1_ci95, lang),
      tested: { ...test, n: test.sentences },
      more: html`${w.more(told(test.precision, test.precision_ci95), told(test.recall, test.recall_ci95))}
${w.counted(test.n, test.sentences)}`,
    },
    facts: facts(data),
    main: html`${comparison(data)}${byType(test, lang)}${confusion(test, types, lang)}${data.samples !== false && worst(test, lang)}`,
    metric: "F1",
    footer: w.footer(seedsWords[lang].foot(data.result.by_seed)),
  });
}
