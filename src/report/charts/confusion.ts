/** Which class was taken for which: the matrix, the worst pairs, and scores by class. */
import type { ClassificationScores } from "../../core/events/events.js";
import { html, type Markup, name } from "../html.js";
import { furtherScores } from "../pages/trust.js";
import { type Words, wordsIn } from "../words/index.js";
import { orderButtons, orderScript } from "./confusion-order.js";
import { decimal, integer, percent } from "./numbers.js";

/** More classes than this do not fit a page: the matrix then shows those with the most mistakes. */
const mostClasses = 40;
/** The matrix has the rest. */
const mostPairs = 8;
/** From here on column heads stand upright. */
const manyClasses = 9;

function shown(test: ClassificationScores): readonly number[] {
  const all = test.confusion.map((_, k) => k);
  if (all.length <= mostClasses) return all;
  const mistakes = all.map((k) =>
    test.confusion.reduce(
      (sum, row, t) => sum + (t === k ? row.reduce((a, b) => a + b, 0) - 2 * row[k]! : row[k]!),
      0,
    ),
  );
  const worst = new Set([...all].sort((a, b) => mistakes[b]! - mistakes[a]!).slice(0, mostClasses));
  return all.filter((k) => worst.has(k));
}

/** Shade = sqrt(count / pictures of the true class): each row by itself, and a few mistakes are seen at once. */
function matrix(
  test: ClassificationScores,
  classes: readonly string[],
  sortable: boolean,
  { page: w }: Words,
): Markup {
  const which = shown(test);
  const label = (k: number): Markup => name(classes[k] ?? String(k));
  const row = (t: number): Markup => {
    const counts = test.confusion[t]!;
    const total = counts.reduce((a, b) => a + b, 0);
    const cell = (p: number): Markup => {
      const n = counts[p]!;
      const kind = n === 0 ? "zero" : p === t ? "right" : "wrong";
      return html`<td class="${kind}" style="--share:${Math.sqrt(total > 0 ? n / total : 0).toFixed(3)}">${integer(n)}</td>`;
    };
    return html`<tr><th scope="row">${label(t)}</th>${which.map(cell)}<td class="total">${integer(total)}</td></tr>`;
  };
  const left = classes.length - which.length;
  return html`${sortable && which.length > 2 && orderButtons(test, classes, which, w)}
<div class="scroll" role="region" aria-label="${w.matrix}" tabindex="0">
<table class="confusion${which.length >= manyClasses ? " many" : ""}">
<thead><tr><th scope="col" class="axis">${w.matrixAxis}</th>${which.map((k) => html`<th scope="col" class="class">${label(k)}</th>`)}<th scope="col" class="axis">${w.all}</th></tr></thead>
<tbody>${which.map(row)}</tbody></table></div>
<p class="small muted">${w.matrixNote}${left > 0 && ` ${w.matrixLeft(which.length, left)}`}</p>`;
}

function confusedPairs(test: ClassificationScores, what: string, { page: w, items }: Words): Markup {
  if (test.most_confused.length === 0) return html`<p>${w.noMistake(items.one(what))}</p>`;
  const totals = new Map(test.per_class.map((c) => [c.label, c.n]));
  return html`<div class="scroll" role="region" aria-label="${w.pairs}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.trueClass}</th><th scope="col">${w.takenFor}</th>
<th scope="col" class="n">${items.many(what)}</th><th scope="col" class="n">${w.ofItsClass}</th></tr></thead><tbody>${test.most_confused
    .slice(0, mostPairs)
    .map(
      (pair) => html`<tr><th scope="row">${name(pair.true)}</th><td>${name(pair.predicted)}</td>
<td class="n">${integer(pair.count)}</td><td class="n">${percent(pair.count / (totals.get(pair.true) ?? Number.NaN), 0)}</td></tr>`,
    )}</tbody></table></div>`;
}

/** Scores of each class, the weakest first. */
function byClass(test: ClassificationScores, what: string, { page: w, items }: Words): Markup {
  const ranked = test.metrics?.per_class;
  const more = (value: number | null | undefined): Markup =>
    html`<td class="n">${typeof value === "number" ? decimal(value) : "–"}</td>`;
  const sorted = test.per_class.map((c, k) => ({ ...c, ...ranked?.[k] })).sort((a, b) => a.f1 - b.f1);
  return html`<div class="scroll" role="region" aria-label="${w.byClassLabel}" tabindex="0"><table class="data">
<caption>${w.byClassNote}</caption>
<thead><tr><th scope="col">${w.class}</th><th scope="col" class="n">${items.many(what)}</th><th scope="col" class="n">${w.precision}</th>
<th scope="col" class="n">${w.recall}</th>${ranked && html`<th scope="col" class="n">AUROC</th><th scope="col" class="n">AP</th>`}<th scope="col" class="n">F1</th></tr></thead><tbody>${sorted.map(
    (c) => html`<tr><th scope="row">${name(c.label)}</th><td class="n">${integer(c.n)}</td>
<td class="n">${decimal(c.precision)}</td><td class="n">${decimal(c.recall)}</td>${ranked && [more(c.auroc), more(c.average_precision)]}
<td class="n">${decimal(c.f1)}<span class="bar" aria-hidden="true"><i style="width:${percentWidth(c.f1)}"></i></span></td></tr>`,
  )}</tbody></table></div>`;
}

function percentWidth(share: number): string {
  return `${(100 * (Number.isFinite(share) ? share : 0)).toFixed(1)}%`;
}

/**
 * The part of the report that says what is mistaken for what.
 * @param what an item is. @param sortable the page may run the script that sorts the matrix
 */
export function confusion(
  test: ClassificationScores,
  classes: readonly string[],
  what = "picture",
  sortable = false,
  words: Words = wordsIn("en"),
): Markup {
  const w = words.page;
  return html`<section><h2>${w.matrixTitle}</h2>
${matrix(test, classes, sortable, words)}
<div class="${test.metrics ? "" : "two"}"><div><h3>${w.pairs}</h3>${confusedPairs(test, what, words)}</div>
<div><h3>${w.byClass}</h3>${byClass(test, what, words)}</div></div>${furtherScores(test, words)}${sortable && orderScript}</section>`;
}
