// Tables of a segmenter.

import type { SegmentationTest } from "../../../core/results/dense/segmentation.js";
import type { SegmentationDetails } from "../../../evaluate/segmentation/segmentation-details.js";
import { decimal, integer, percent } from "../../charts/numbers.js";
import { html, type Markup, name } from "../../html.js";
import type { masksEn } from "../../words/en/dense/masks.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { term } from "../../words/terms.js";
import { bar, cell, foldedTable, head, orDash } from "./tables.js";

/** Returns the scores of each class, the weakest first. */
export function classTable(
  test: SegmentationTest,
  details: SegmentationDetails | undefined,
  w: typeof masksEn,
  lang: Lang,
): Markup {
  const { page } = wordsIn(lang);
  const rows = test.classes
    .map((scores, k) => ({ ...scores, at: details?.by_class[k] }))
    // A class without a true pixel has no score.
    .sort((a, b) => (a.iou ?? 2) - (b.iou ?? 2))
    .map(({ name: label, iou, iou_ci95: ci95, dice, at }) => {
      const range = ci95 ? page.to(decimal(ci95[0]), decimal(ci95[1])) : "–";
      const others =
        at &&
        html`${cell(orDash(at.precision))}${cell(orDash(at.recall))}${cell(integer(at.pictures))}${cell(percent(at.share))}`;
      return html`<tr><th scope="row">${name(label)}</th>${cell(orDash(iou))}${cell(range)}${cell(orDash(dice))}${others}<td>${bar(iou ?? 0)}</td></tr>`;
    });
  const others =
    details &&
    html`${head(term("precision", lang, w.precision))}${head(term("recall", lang, w.recall))}${head(w.pictures)}${head(w.share)}`;
  const heads = html`<th scope="col">${w.className}</th>${head(term("iou", lang, "IoU"))}${head(w.ci95)}${head("Dice")}${others}<td></td>`;
  return html`<p class="small muted">${w.weakestFirst}</p>${foldedTable(page.byClassLabel, heads, rows, lang)}`;
}
