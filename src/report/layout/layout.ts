import { html, type Markup, trusted } from "../html.js";
import type { ReportAssets } from "../report-data.js";
import { layoutEn } from "../words/en/layout.js";
import type { Lang } from "../words/index.js";
import { glossary } from "../words/terms.js";
import { layoutZh } from "../words/zh/layout.js";
import { pageHead } from "./page-head.js";
import { chineseStyle } from "./style.js";

const wordsOfLayout: Readonly<Record<Lang, typeof layoutEn>> = { en: layoutEn, zh: layoutZh };

/** A section of a report. */
export interface Section {
  /** Its anchor. */
  readonly id: string;
  readonly title: string | Markup;
  readonly body: Markup;
  /** Closed until the reader opens it. Default false. */
  readonly folded?: boolean;
}

/** A report. Everything from outside in it is escaped. */
export interface ReportPage {
  readonly title: string;
  /** Kind of page: "image classification". */
  readonly kind: string;
  /** One line below the title. */
  readonly facts: Markup;
  /** The result, above all sections. */
  readonly lead: Markup;
  readonly sections: readonly Section[];
  /** How the numbers were computed. */
  readonly footer: string;
  /** Rules of this page, after those of every report. */
  readonly style?: string;
  /** Files of the chart library, if charts are drawn by a script. */
  readonly assets?: ReportAssets | undefined;
  /** Scripts at the end of the page. Default: the page runs no script. */
  readonly scripts?: Markup | undefined;
  /** Default "en". */
  readonly lang?: Lang | undefined;
}

/** Opens every folded part for printing. A page without scripts does it by its style. */
const foldScript = trusted(`<script>
(function () {
  "use strict";
  var closed = [];
  addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (part) { part.open = true; });
  });
  addEventListener("afterprint", function () { closed.forEach(function (part) { part.open = false; }); });
})();
</script>`);

/**
 * The id stands inside of the folded part: a link to it opens the part, without a script.
 */
function sectionMarkup({ id, title, body, folded }: Section): Markup {
  return folded
    ? html`<section><details class="fold"><summary><h2>${title}</h2></summary><div id="${id}">${body}</div></details></section>`
    : html`<section id="${id}"><h2>${title}</h2>
${body}</section>`;
}

/** Returns a report as one HTML document. It loads nothing; without `scripts` it runs nothing. */
export function renderPage(page: ReportPage): string {
  const { title, kind, facts, lead, footer, style = "", assets, scripts, lang = "en" } = page;
  const w = wordsOfLayout[lang];
  const body = html`${lead}${page.sections.map(sectionMarkup)}`;
  const terms = glossary(body.text, lang);
  const sections = [
    ...page.sections,
    ...(terms ? [{ id: "glossary", title: w.glossary, body: terms, folded: true }] : []),
  ];
  return html`${pageHead({
    tag: lang === "en" ? "en" : "zh-Hans",
    title: `${title}: ${kind}`,
    assets,
    style: style + (lang === "zh" ? chineseStyle : ""),
    scripts: scripts !== undefined,
  })}
<body class="report">
<header class="top" id="top">
<p class="eyebrow">${w.report} · ${kind}</p>
<h1><bdi>${title}</bdi></h1>
<p class="muted">${facts}</p>
</header>
<nav class="contents" aria-label="${w.contents}"><ul><li><a href="#top">${w.top}</a></li>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
${body}
${terms && sectionMarkup(sections.at(-1)!)}
</main>
<footer><p>${footer}</p></footer>
${scripts && html`${foldScript}${scripts}`}
</body>
</html>
`.text;
}

/** Returns the name of a dataset by its path: "flowers" of /data/flowers.csv. */
export const titleOf = (data: string): string =>
  (data.split(/[\\/]/).filter(Boolean).at(-1) ?? "data").replace(/\.(jsonl|csv)$/, "");
