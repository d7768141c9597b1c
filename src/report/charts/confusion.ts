// The confusion matrix.
import type { ClassificationScores } from "../../core/events/events.js";
import { html, type Markup, name } from "../html.js";
import type { Words } from "../words/index.js";
import { term } from "../words/terms.js";
import { orderButtons } from "./confusion-order.js";
import { integer } from "./numbers.js";

/** Most classes of a matrix. Of more classes it shows those with the most errors. */
const mostClasses = 40;
/** From here on column heads stand upright. */
const manyClasses = 9;

type Counts = readonly (readonly number[])[];

/** Returns the indices of the classes that a matrix shows. */
export function shownClasses(confusion: Counts): readonly number[] {
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

/** Returns the confusion matrix. @param sortable true: buttons for the script that sorts it */
export function confusionMatrix(
  test: ClassificationScores,
  classes: readonly string[],
  sortable: boolean,
  words: Words,
): Markup {
  const { page: w, lang } = words;
  const frame: MatrixFrame = {
    axis: w.matrixAxis,
    note: w.matrixNote(term("confusion-matrix", lang, w.matrix)),
    buttons: (shown) => sortable && shown.length > 2 && orderButtons(test, classes, shown, w),
  };
  return countMatrix(test.confusion, classes, frame, words);
}
