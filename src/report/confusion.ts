/** Which class was taken for which: the matrix, the worst pairs, and scores by class. */
import type { ClassificationScores } from "../core/events.js";
import { orderButtons, orderScript } from "./confusion-order.js";
import { html, type Markup, name } from "./html.js";
import { decimal, integer, percent } from "./numbers.js";
import { furtherScores } from "./trust.js";

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
function matrix(test: ClassificationScores, classes: readonly string[], sortable: boolean): Markup {
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
  return html`${sortable && which.length > 2 && orderButtons(test, classes, which)}
<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
<table class="confusion${which.length >= manyClasses ? " many" : ""}">
<thead><tr><th scope="col" class="axis">true ↓ · said →</th>${which.map((k) => html`<th scope="col" class="class">${label(k)}</th>`)}<th scope="col" class="axis">all</th></tr></thead>
<tbody>${which.map(row)}</tbody></table></div>
<p class="small muted">Rows are the true class, columns what the model said. Shading grows with the share of the row.${
    left > 0 && ` The ${which.length} classes with the most mistakes; ${left} others are left out.`
  }</p>`;
}

function confusedPairs(test: ClassificationScores, what: string): Markup {
  if (test.most_confused.length === 0) return html`<p>No test ${what} was mislabelled.</p>`;
  const totals = new Map(test.per_class.map((c) => [c.label, c.n]));
  return html`<div class="scroll" role="region" aria-label="Most confused pairs" tabindex="0"><table class="data"><thead><tr><th scope="col">true class</th><th scope="col">taken for</th>
<th scope="col" class="n">${what}s</th><th scope="col" class="n">of its class</th></tr></thead><tbody>${test.most_confused
    .slice(0, mostPairs)
    .map(
      (pair) => html`<tr><th scope="row">${name(pair.true)}</th><td>${name(pair.predicted)}</td>
<td class="n">${integer(pair.count)}</td><td class="n">${percent(pair.count / (totals.get(pair.true) ?? Number.NaN), 0)}</td></tr>`,
    )}</tbody></table></div>`;
}

/** Scores of each class, the weakest first. */
function byClass(test: ClassificationScores, what: string): Markup {
  const ranked = test.metrics?.per_class;
  const more = (value: number | null | undefined): Markup =>
    html`<td class="n">${typeof value === "number" ? decimal(value) : "–"}</td>`;
  const sorted = test.per_class.map((c, k) => ({ ...c, ...ranked?.[k] })).sort((a, b) => a.f1 - b.f1);
  return html`<div class="scroll" role="region" aria-label="Scores by class" tabindex="0"><table class="data">
<caption>Weakest first. Recall: how many of the class were found. Precision: how many given its name are it.</caption>
<thead><tr><th scope="col">class</th><th scope="col" class="n">${what}s</th><th scope="col" class="n">precision</th>
<th scope="col" class="n">recall</th>${ranked && html`<th scope="col" class="n">AUROC</th><th scope="col" class="n">AP</th>`}<th scope="col" class="n">F1</th></tr></thead><tbody>${sorted.map(
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
): Markup {
  return html`<section><h2>What is taken for what</h2>
${matrix(test, classes, sortable)}
<div class="${test.metrics ? "" : "two"}"><div><h3>Most confused pairs</h3>${confusedPairs(test, what)}</div>
<div><h3>By class</h3>${byClass(test, what)}</div></div>${furtherScores(test)}${sortable && orderScript}</section>`;
}
