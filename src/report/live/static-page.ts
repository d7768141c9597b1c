import type { ReportAssets } from "../charts/curves.js";
import { html, type Markup } from "../html.js";
import { pageHead } from "../page-head.js";
import { chineseStyle } from "../style.js";
import { type Lang, wordsIn } from "../words/index.js";

/** What stands on a page. */
export interface StaticPage {
  readonly title: string;
  /** What kind of page it is: "strategies compared". */
  readonly kind: string;
  /** Rules of its own, behind those of every report. */
  readonly style: string;
  /** One line under the title. */
  readonly facts: Markup;
  readonly main: Markup;
  /** How its numbers came about. */
  readonly footer: string;
  /** Where charts are drawn by a script: its files. Default: nothing runs. */
  readonly assets?: ReportAssets;
  /** Default "en". */
  readonly lang?: Lang;
}

/** A whole HTML document of one file, which loads nothing and, without `assets`, runs nothing. Everything that comes from outside is escaped. */
export function staticPage(page: StaticPage): string {
  const { title, kind, style: own, facts, main, footer, assets, lang = "en" } = page;
  const { tag, sideBySide } = wordsIn(lang);
  return html`${pageHead({
    tag,
    title: `${title}: ${kind}`,
    assets,
    style: own + (lang === "zh" ? chineseStyle : ""),
    scripts: assets !== undefined,
  })}
<body>
<header class="top">
<p class="eyebrow">${sideBySide.report} · ${kind}</p>
<h1><bdi>${title}</bdi></h1>
<p class="muted">${facts}</p>
</header>
<main>
${main}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.text;
}

/** The name of data by its path: "flowers" of /data/flowers.csv. */
export const titleOf = (data: string): string =>
  (data.split(/[\\/]/).filter(Boolean).at(-1) ?? "data").replace(/\.(jsonl|csv)$/, "");
