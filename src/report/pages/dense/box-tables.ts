// Tables of a detector: errors, scores by class and by size, counts and sizes of boxes.

import type { DetectionTest } from "../../../core/results/dense/detection.js";
import type { DetectionDetails } from "../../../evaluate/detection/detection-details.js";
import { countMatrix } from "../../charts/confusion.js";
import { decimal, integer } from "../../charts/numbers.js";
import { html, type Markup, name } from "../../html.js";
import type { boxesEn } from "../../words/en/dense/boxes.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { term } from "../../words/terms.js";
import { bar, cell, foldedTable, head, orDash, table } from "./tables.js";

type BoxWords = typeof boxesEn;

export const errorsStyle = `
.errors { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .4rem 2.5rem; align-items: start; }
.errors > div { min-width: 0; } .errors h3 { margin-top: .2rem; }
@media screen and (max-width: 44rem) { .tiles { grid-template-columns: 1fr 1fr; } }
`;

/** Returns the confusion with the background, and the kinds of errors. */
export function errorsPart(
  classes: readonly string[],
  { confusion, errors }: DetectionDetails,
  w: BoxWords,
  lang: Lang,
): Markup {
  const words = wordsIn(lang);
  const largest = Math.max(...errors.kinds.map(({ gain }) => gain ?? 0), Number.MIN_VALUE);
  const rows = errors.kinds.map(({ kind, count, gain }) => {
    const [label, meaning] = w.errorKinds[kind];
    return html`<tr><th scope="row">${label}<br><small class="muted">${meaning}</small></th>${cell(integer(count))}${cell(orDash(gain, signed))}<td>${bar((gain ?? 0) / largest)}</td></tr>`;
  });
  const heads = html`<th scope="col">${w.kindColumn}</th>${head(w.countColumn)}${head(w.gainColumn)}<td></td>`;
  return html`<div class="errors"><div>${countMatrix(confusion, [...classes, w.background], { axis: w.confusionAxis, note: w.confusionNote(term("confusion-matrix", lang, words.page.matrix)) }, words)}</div>
<div><h3>${w.kinds}</h3>${table(w.kinds, heads, rows)}<p class="small muted">${w.kindsNote(orDash(errors.ap50))}</p></div></div>`;
}

export const signed = (gain: number): string => `${gain >= 0 ? "+" : ""}${decimal(gain)}`;

/** Returns the scores of each class, the weakest first, and of each size. */
export function scoresPart(
  test: DetectionTest,
  details: DetectionDetails | undefined,
  w: BoxWords,
  lang: Lang,
): Markup {
  const { page } = wordsIn(lang);
  const range = (ci95: DetectionTest["ap_ci95"]): string =>
    ci95 ? page.to(decimal(ci95[0]), decimal(ci95[1])) : "–";
  const rows = test.classes
    .map((scores, k) => ({ ...scores, at: details?.by_class[k] }))
    // A class without a true box has no score.
    .sort((a, b) => (a.ap50 ?? 2) - (b.ap50 ?? 2))
    .map(({ name: label, truths, ap, ap50, ap50_ci95, at }) => {
      const point =
        at && html`${cell(orDash(at.precision))}${cell(orDash(at.recall))}${cell(decimal(at.f1))}`;
      return html`<tr><th scope="row">${name(label)}</th>${cell(integer(truths))}${cell(orDash(ap50))}${cell(range(ap50_ci95))}${cell(orDash(ap))}${point}<td>${bar(ap50 ?? 0)}</td></tr>`;
    });
  const point =
    details &&
    html`${head(term("precision", lang, w.precisionLine))}${head(term("recall", lang, w.recallLine))}${head(term("f1", lang, w.f1))}`;
  const heads = html`<th scope="col">${w.className}</th>${head(w.boxes)}${head(term("ap50", lang, w.ap50))}${head(w.ci95)}${head(term("map", lang, w.ap))}${point}<td></td>`;
  return html`<p class="small muted">${w.weakestFirst}${details && `${page.gap}${w.atThreshold(decimal(test.at_threshold.threshold, 2))}`}</p>
${foldedTable(page.byClassLabel, heads, rows, lang)}
<h3>${w.bySize}</h3>${sizesTable(test, details, w, lang)}<p class="small muted">${w.ofPicture}</p>`;
}

const sizes = ["small", "medium", "large"] as const;

function sizesTable(
  test: DetectionTest,
  details: DetectionDetails | undefined,
  w: BoxWords,
  lang: Lang,
): Markup {
  const { ap_by_size: ap, ar_by_size: recall } = test;
  const rows = sizes.map(
    (size) =>
      html`<tr><th scope="row">${w.sizes[size]}</th>${details && cell(integer(details.sizes[size]))}${cell(orDash(ap[size]))}${cell(orDash(recall[size]))}<td>${bar(ap[size] ?? 0)}</td></tr>`,
  );
  const heads = html`<th scope="col">${w.size}</th>${details && head(w.boxes)}${head(term("map", lang, w.ap))}${head(w.averageRecall)}<td></td>`;
  return table(w.bySize, heads, rows);
}

/** Returns counts and sizes of the boxes of each class. */
export function boxesTable({ boxes }: DetectionDetails, w: BoxWords, lang: Lang): Markup {
  const heads = html`<th scope="col">${w.className}</th>${[w.train, w.validation, w.test, w.small, w.medium, w.large, w.side].map(head)}`;
  const rows = boxes.map(
    ({ name: label, train, validation, test, small, medium, large, side }) =>
      html`<tr><th scope="row">${name(label)}</th>${[train, validation, test, small, medium, large].map((n) => cell(integer(n)))}${cell(orDash(side, (v) => w.pixels(decimal(v, 0))))}</tr>`,
  );
  return html`<h3>${w.boxesTitle}</h3>${foldedTable(w.boxesTitle, heads, rows, lang)}
<p class="small muted">${w.sizesNote}</p>`;
}
