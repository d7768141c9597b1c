/** The wrong answers with the highest loss: mistakes, doubtful labels, bad pictures. Where none is wrong, the least sure ones. */

import { percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { itemOf, type ReportData, thumbnailOf, wordsOf } from "../report-data.js";

/** A page of them; the events hold the rest. */
const most = 24;

/** A text itself, where it is still there. */
function textOf(data: ReportData, item: string): Markup | undefined {
  const text = Object.hasOwn(data.texts ?? {}, item) ? data.texts?.[item] : undefined;
  return text === undefined ? undefined : html`<blockquote dir="auto">${text}</blockquote>`;
}

export function worstExamples(data: ReportData): Markup | undefined {
  const { worst, least_sure = worst } = data.result.test;
  // Records of earlier versions have right answers among the worst.
  const wrong = worst.filter((item) => item.true !== item.predicted);
  const items = (wrong.length > 0 ? wrong : least_sure).slice(0, most);
  if (items.length === 0) return undefined;
  const { page: w, items: of } = wordsOf(data);
  const many = of.many(itemOf(data));
  return html`<section><h2>${wrong.length > 0 ? w.worstTitle : w.leastSureTitle}</h2>
<p class="muted">${wrong.length > 0 ? w.worstIntro(many) : w.leastSureIntro(many)}${items.some(({ calibrated }) => calibrated !== undefined) && ` ${w.calibratedShown}`}</p>
<ul class="examples${itemOf(data) === "text" ? " texts" : ""}">${items.map((item) => {
    const picture = thumbnailOf(data, item.item);
    const right = item.true === item.predicted;
    return html`<li><figure>${
      picture
        ? html`<img src="${picture}" alt="${w.pictureOf(item.true)}" width="96" height="96">`
        : itemOf(data) === "picture"
          ? html`<div class="missing">${w.noPreview}</div>`
          : textOf(data, item.item)
    }<figcaption>${w.said} <span class="${right ? "agreed" : "said"}">${name(item.predicted)}</span>${
      // NaN where a score was not stored.
      Number.isFinite(item.score) &&
      html` <span class="muted">${percent(item.calibrated ?? item.score, 0)}</span>`
    }<br>${w.is} ${name(item.true)}<span class="file">${name(item.item)}</span></figcaption></figure></li>`;
  })}</ul></section>`;
}
