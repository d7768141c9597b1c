// The confusion matrix with the most confused pairs, and the scores of each class.
import type { ClassificationScores } from "../../core/events/events.js";
import { html, type Markup, name } from "../html.js";
import { furtherScores } from "../pages/trust.js";
import { type Words, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { orderButtons } from "./confusion-order.js";
import { decimal, integer, percent } from "./numbers.js";

/** Most classes of a matrix. Of more classes it shows those with the most errors. */
const mostClasses = 40;
/** The matrix has the other pairs. */
const mostPairs = 6;
/** From here on column heads stand upright. */
const manyClasses = 9;
/** Rows of the table of classes that are not folded. */
const mostRows = 12;

type Counts = readonly (readonly number[])[];

function shownClasses(confusion: Counts): readonly number[] {
  const all = confusion.map((_, k) => k);
  if (all.length <= mostClasses) return all;
  const errors = all.map((k) =>
    confusion.reduce(
      (sum, row, t) => sum + (t === k ? row.reduce((a, b) => a + b, 0) - 2 * row[k]! : row[k]!),
      0,
    ),
  );
  const worst = new Set([...all].sort((a, b) => errors[b]! - errors[a]!).slice(0, mostClasses));
  return all.filter((k) => worst.has(k));
}

/** What stands around a confusion matrix. */
interface MatrixFrame {
  /** Meaning of rows and columns, in the corner. */
  readonly axis: string;
  /** Below the matrix. */
  readonly note: Markup;
  /** Above the matrix. @param shown indices of the shown classes */
  readonly buttons?: (shown: readonly number[]) => Markup | false;
}

/**
 * Returns a confusion matrix: true classes in rows. Shade = sqrt(count / samples of the true class), so that a few errors are visible.
 * @param confusion counts, `confusion[truth][prediction]`
 */
export function countMatrix(
  confusion: Counts,
  classes: readonly string[],
  { axis, note, buttons }: MatrixFrame,
  { page: w }: Words,
): Markup {
  const which = shownClasses(confusion);
  const label = (k: number): Markup => name(classes[k] ?? String(k));
  const row = (t: number): Markup => {
    const counts = confusion[t]!;
    const total = counts.reduce((a, b) => a + b, 0);
    const cell = (p: number): Markup => {
      const n = counts[p]!;
      const kind = n === 0 ? "zero" : p === t ? "right" : "wrong";
      return html`<td class="${kind}" style="--share:${Math.sqrt(total > 0 ? n / total : 0).toFixed(3)}">${integer(n)}</td>`;
    };
    return html`<tr><th scope="row">${label(t)}</th>${which.map(cell)}<td class="total">${integer(total)}</td></tr>`;
  };
  const left = classes.length - which.length;
  return html`${buttons?.(which)}
<div class="scroll" role="region" aria-label="${w.matrix}" tabindex="0">
<table class="confusion${which.length >= manyClasses ? " many" : ""}">
<thead><tr><th scope="col" class="axis">${axis}</th>${which.map((k) => html`<th scope="col" class="class">${label(k)}</th>`)}<th scope="col" class="axis">${w.all}</th></tr></thead>
<tbody>${which.map(row)}</tbody></table></div>
<p class="small muted">${note}${left > 0 && `${w.gap}${w.matrixLeft(which.length, left)}`}</p>`;
}

function confusedPairs(test: ClassificationScores, what: string, { page: w, items }: Words): Markup {
  if (test.most_confused.length === 0) return html`<p>${w.noMistake(items.one(what))}</p>`;
  const totals = new Map(test.per_class.map((c) => [c.label, c.n]));
  return html`<h3>${w.pairs}</h3><div class="scroll" role="region" aria-label="${w.pairs}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.trueClass}</th><th scope="col">${w.takenFor}</th>
<th scope="col" class="n">${items.many(what)}</th><th scope="col" class="n">${w.ofItsClass}</th></tr></thead><tbody>${test.most_confused
    .slice(0, mostPairs)
    .map(
      (pair) => html`<tr><th scope="row">${name(pair.true)}</th><td>${name(pair.predicted)}</td>
<td class="n">${integer(pair.count)}</td><td class="n">${percent(pair.count / (totals.get(pair.true) ?? Number.NaN), 0)}</td></tr>`,
    )}</tbody></table></div>`;
}

/**
 * Returns the confusion matrix and the most confused pairs.
 * @param what kind of a sample @param sortable true: buttons for the script that sorts the matrix
 */
export function confusionMatrix(
  test: ClassificationScores,
  classes: readonly string[],
  what = "picture",
  sortable = false,
  words: Words = wordsIn("en"),
): Markup {
  const { page: w, lang } = words;
  const frame: MatrixFrame = {
    axis: w.matrixAxis,
    note: w.matrixNote(term("confusion-matrix", lang, w.matrix)),
    buttons: (shown) => sortable && shown.length > 2 && orderButtons(test, classes, shown, w),
  };
  return html`<div class="beside"><div>${countMatrix(test.confusion, classes, frame, words)}</div><div>${confusedPairs(test, what, words)}</div></div>`;
}

/** Returns the scores of each class, the weakest first, and scores of other kinds. */
export function classScores(test: ClassificationScores, what: string, words: Words): Markup {
  const { page: w, items, lang } = words;
  const ranked = test.metrics?.per_class;
  const more = (value: number | null | undefined): Markup =>
    html`<td class="n">${typeof value === "number" ? decimal(value) : "–"}</td>`;
  const sorted = test.per_class.map((c, k) => ({ ...c, ...ranked?.[k] })).sort((a, b) => a.f1 - b.f1);
  const table = (rows: typeof sorted): Markup =>
    html`<div class="scroll" role="region" aria-label="${w.byClassLabel}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.class}</th><th scope="col" class="n">${items.many(what)}</th><th scope="col" class="n">${term("precision", lang, w.precision)}</th>
<th scope="col" class="n">${term("recall", lang, w.recall)}</th>${ranked && html`<th scope="col" class="n">${term("auroc", lang, "AUROC")}</th><th scope="col" class="n">${term("average-precision", lang, "AP")}</th>`}<th scope="col" class="n">${term("f1", lang, "F1")}</th><td></td></tr></thead><tbody>${rows.map(
      (c) => html`<tr><th scope="row">${name(c.label)}</th><td class="n">${integer(c.n)}</td>
<td class="n">${decimal(c.precision)}</td><td class="n">${decimal(c.recall)}</td>${ranked && [more(c.auroc), more(c.average_precision)]}
<td class="n">${decimal(c.f1)}</td><td><span class="bar" aria-hidden="true"><i style="width:${percentWidth(c.f1)}"></i></span></td></tr>`,
    )}</tbody></table></div>`;
  const rest = sorted.slice(mostRows);
  return html`<p class="small muted">${w.byClassNote}</p>${table(sorted.slice(0, mostRows))}
${rest.length > 0 && html`<details><summary>${w.moreRows(rest.length)}</summary>${table(rest)}</details>`}${furtherScores(test, words)}`;
}

function percentWidth(share: number): string {
  return `${(100 * (Number.isFinite(share) ? share : 0)).toFixed(1)}%`;
}
