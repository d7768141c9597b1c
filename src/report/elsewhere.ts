import type { ElsewhereResult } from "../core/events.js";
import { html, type Markup, name } from "./html.js";
import { count, percent, percentRange } from "./numbers.js";

/** The model on another set of the same classes, such as another language. */
export function elsewhereSection(elsewhere: ElsewhereResult | undefined): Markup | undefined {
  if (!elsewhere) return undefined;
  const { data, test, drop, left_out: out } = elsewhere;
  const weakest = [...test.per_class].sort((a, b) => a.recall - b.recall).slice(0, 5);
  return html`<section><h2>On another set</h2><p><bdi>${data.split(/[\\/]/).at(-1) ?? data}</bdi>: accuracy ${percent(test.accuracy)}, 95 % interval ${percentRange(test.accuracy_ci95)}, of ${count(test.n, "text")}
that nothing was learnt or chosen by${out > 0 ? html`; ${count(out, "text")} left out that the run knew` : ""}.</p>
<p>${drop.words}.</p><div class="scroll"><table class="data"><caption>Classes found least there</caption><thead><tr><th scope="col">class</th><th scope="col" class="n">texts</th><th scope="col" class="n">found</th></tr></thead>
<tbody>${weakest.map(
    (c) =>
      html`<tr><th scope="row">${name(c.label)}</th><td class="n">${c.n}</td><td class="n">${percent(c.recall)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** The same for the model card. @param escaped Markdown */
export function elsewhereLine(
  elsewhere: ElsewhereResult | undefined,
  escaped: (text: string) => string,
): string {
  if (!elsewhere) return "";
  const { data, test, drop } = elsewhere;
  return `\n\nOn ${count(test.n, "text")} of ${escaped(data.split(/[\\/]/).at(-1) ?? data)}: accuracy ${percent(test.accuracy)} (${percentRange(test.accuracy_ci95)}), ${drop.words}.`;
}
