/** The test items with the highest loss: mistakes, doubtful labels, bad pictures. */
import { html, type Markup, name } from "./html.js";
import { percent } from "./numbers.js";
import { itemOf, type ReportData, thumbnailOf } from "./report-data.js";

/** A page of them; the events hold the rest. */
const most = 24;

export function worstExamples(data: ReportData): Markup | undefined {
  const items = data.result.test.worst.slice(0, most);
  if (items.length === 0) return undefined;
  return html`<section><h2>Worst examples</h2>
<p class="muted">The test ${itemOf(data)}s on which the model's answer was furthest from the label, worst first. Look here
for wrong labels and unusable ${itemOf(data)}s before looking for a better model.</p>
<ul class="examples">${items.map((item) => {
    const picture = thumbnailOf(data, item.item);
    const right = item.true === item.predicted;
    return html`<li><figure>${
      picture
        ? html`<img src="${picture}" alt="A test picture of class ${item.true}" width="96" height="96">`
        : itemOf(data) === "picture" && html`<div class="missing">no preview</div>`
    }<figcaption>said <span class="${right ? "agreed" : "said"}">${name(item.predicted)}</span>${
      // NaN where a score was not stored.
      Number.isFinite(item.score) && html` <span class="muted">${percent(item.score, 0)}</span>`
    }<br>is ${name(item.true)}<span class="file">${name(item.item)}</span></figcaption></figure></li>`;
  })}</ul></section>`;
}
