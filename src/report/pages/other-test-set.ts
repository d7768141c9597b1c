import type { OtherTestResult } from "../../core/events/events.js";
import { count, percent, percentRange } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import type { Words } from "../words/index.js";
import { term } from "../words/terms.js";

/** Returns the score on another test set of the same classes, such as another language. */
export function otherTest(
  elsewhere: OtherTestResult | undefined,
  { page: w, items, lang }: Words,
): Markup | undefined {
  if (!elsewhere) return undefined;
  const { data, test, drop, left_out: out } = elsewhere;
  const weakest = [...test.per_class].sort((a, b) => a.recall - b.recall).slice(0, 5);
  const sentence = w.elsewhere(
    percent(test.accuracy),
    items.range(test.accuracy_ci95),
    items.count(test.n, "text"),
  );
  return html`<p><bdi>${data.split(/[\\/]/).at(-1) ?? data}</bdi>${sentence}${out > 0 ? w.elsewhereLeftOut(items.count(out, "text")) : ""}.</p>
<p>${w.elsewhereDrop(drop)}</p><div class="scroll"><table class="data"><caption>${w.elsewhereWeakest}</caption><thead><tr><th scope="col">${w.class}</th><th scope="col" class="n">${items.many("text")}</th><th scope="col" class="n">${term("recall", lang, w.recall)}</th></tr></thead>
<tbody>${weakest.map(
    (c) =>
      html`<tr><th scope="row">${name(c.label)}</th><td class="n">${c.n}</td><td class="n">${percent(c.recall)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Returns the same for the model card. @param escaped escapes Markdown */
export function otherTestLine(
  { data, test, drop }: OtherTestResult,
  escaped: (text: string) => string,
): string {
  return `On ${count(test.n, "text")} of ${escaped(data.split(/[\\/]/).at(-1) ?? data)}: accuracy ${percent(test.accuracy)} (${percentRange(test.accuracy_ci95)}), ${drop.words}.`;
}
