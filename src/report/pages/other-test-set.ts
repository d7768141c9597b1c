import type { OtherTestResult } from "../../core/events/events.js";
import { count, percent, percentRange } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import type { Words } from "../words/index.js";

/** The model on another set of the same classes, such as another language. */
export function otherTestSection(
  elsewhere: OtherTestResult | undefined,
  { page: w, items }: Words,
): Markup | undefined {
  if (!elsewhere) return undefined;
  const { data, test, drop, left_out: out } = elsewhere;
  const weakest = [...test.per_class].sort((a, b) => a.recall - b.recall).slice(0, 5);
  const sentence = w.elsewhere(
    percent(test.accuracy),
    items.range(test.accuracy_ci95),
    items.count(test.n, "text"),
  );
  return html`<section><h2>${w.elsewhereTitle}</h2><p><bdi>${data.split(/[\\/]/).at(-1) ?? data}</bdi>${sentence}${out > 0 ? w.elsewhereLeftOut(items.count(out, "text")) : ""}.</p>
<p>${w.elsewhereDrop(drop)}</p><div class="scroll"><table class="data"><caption>${w.elsewhereWeakest}</caption><thead><tr><th scope="col">${w.class}</th><th scope="col" class="n">${items.many("text")}</th><th scope="col" class="n">${w.found}</th></tr></thead>
<tbody>${weakest.map(
    (c) =>
      html`<tr><th scope="row">${name(c.label)}</th><td class="n">${c.n}</td><td class="n">${percent(c.recall)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** The same for the model card. @param escaped Markdown */
export function otherTestLine(
  elsewhere: OtherTestResult | undefined,
  escaped: (text: string) => string,
): string {
  if (!elsewhere) return "";
  const { data, test, drop } = elsewhere;
  return `\n\nOn ${count(test.n, "text")} of ${escaped(data.split(/[\\/]/).at(-1) ?? data)}: accuracy ${percent(test.accuracy)} (${percentRange(test.accuracy_ci95)}), ${drop.words}.`;
}
