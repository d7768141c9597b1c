// Writes the sheet of a report as a page.

import { html, type Markup } from "../html.js";
import { renderPage } from "../layout/layout.js";
import type { ReportAssets } from "../report-data.js";
import type { Lang } from "../words/langs.js";
import type { ReportPart, ReportSheet } from "./report-sheet.js";
import { plainText } from "./sheet.js";
import { colourKey, factsMarkup, markupOf, tableMarkup, tileMarkup } from "./sheet-page.js";

const style = `
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart .name { fill: var(--ink); font-weight: 600; } .chart line, .chart path { stroke: var(--line); fill: none; }
.chart .interval { stroke: var(--curve-3); stroke-width: 2; } .chart .mean { fill: var(--curve-3); }
.key { display: inline-block; width: .7rem; height: .7rem; margin-right: .45rem; border-radius: 50%; background: var(--this); }
table.data tbody th { min-width: 8rem; } table.data td.n small { display: block; }
table.data td.good, table.data td.bad { font-weight: 650; } table.data td.good { color: var(--good); } table.data td.bad { color: var(--bad); }`;

type PartOf<Kind> = Extract<ReportPart, { readonly kind: Kind }>;

const writers: { readonly [Kind in ReportPart["kind"]]: (part: PartOf<Kind>, lang: Lang) => Markup } = {
  conclusion: ({ title, lines, small, mood }, lang) =>
    html`<section class="verdict ${mood}" aria-label="${plainText(title, lang)}"><p><strong>${markupOf(title, lang)}</strong></p>${lines.map((line) => html`<p>${markupOf(line, lang)}</p>`)}${small !== undefined && html`<p class="small muted">${markupOf(small, lang)}</p>`}</section>`,
  notes: ({ title, texts }, lang) =>
    texts.length === 0
      ? html``
      : html`<section class="notes" aria-label="${plainText(title, lang)}"><strong>${markupOf(title, lang)}</strong><ul>${texts.map((text) => html`<li>${markupOf(text, lang)}</li>`)}</ul></section>`,
  table: ({ table, only }, lang) => (only === "screen" ? html`` : tableMarkup(table, { lang }, "item")),
  facts: ({ facts }, lang) => html`<dl class="facts">${factsMarkup(facts, lang)}</dl>`,
  tiles: ({ tiles }, lang) => html`<dl class="tiles">${tiles.map((tile) => tileMarkup(tile, lang))}</dl>`,
  list: ({ texts, title }, lang) =>
    html`${title !== undefined && html`<h3>${markupOf(title, lang)}</h3>`}<ul>${texts.map((text) => html`<li>${markupOf(text, lang)}</li>`)}</ul>`,
  text: ({ text, small }, lang) =>
    small ? html`<p class="small muted">${markupOf(text, lang)}</p>` : html`<p>${markupOf(text, lang)}</p>`,
  command: ({ command }) => html`<pre><code>${command}</code></pre>`,
  heading: ({ text, colour }, lang) =>
    html`<h3>${colour !== undefined && colourKey(colour)}${markupOf(text, lang)}</h3>`,
  folded: ({ title, parts }, lang) =>
    html`<details><summary>${markupOf(title, lang)}</summary>${partsMarkup(parts, lang)}</details>`,
  drawing: ({ draw }, lang) => html`${draw(lang)}`,
};

const partsMarkup = (parts: readonly ReportPart[], lang: Lang): Markup =>
  html`${parts.map((part) => (writers[part.kind] as (part: ReportPart, lang: Lang) => Markup)(part, lang))}`;

/** Charts that a script draws. */
export interface ReportScripts {
  readonly assets?: ReportAssets | undefined;
  readonly scripts?: Markup | undefined;
}

/**
 * Returns a report as one HTML document. Everything from outside is escaped; it loads nothing, and without `scripts` it runs nothing.
 * @param lang of the page's own sentences
 */
export function reportPage(sheet: ReportSheet, lang: Lang = "en", scripts: ReportScripts = {}): string {
  return renderPage({
    ...scripts,
    lang,
    title: sheet.title,
    kind: plainText(sheet.kind, lang),
    style: style + (sheet.style ?? ""),
    facts: html`${sheet.about.map((text, i) => html`${i > 0 && " · "}${markupOf(text, lang)}`)}`,
    lead: partsMarkup(sheet.lead, lang),
    sections: sheet.sections
      .filter(({ parts }) => parts.length > 0)
      .map(({ id, title, folded, parts }) => ({
        id,
        folded: folded ?? false,
        title: markupOf(title, lang),
        body: partsMarkup(parts, lang),
      })),
    footer: plainText(sheet.footer, lang),
  });
}
