import type { ReportAssets } from "./curves.js";
import { html, type Markup, trusted } from "./html.js";
import { chineseStyle, style } from "./style.js";
import { type Lang, wordsIn } from "./words/index.js";

// As the report of a run: nothing may be fetched, and nothing runs either where no chart needs it.
const policy = (scripts: boolean): string =>
  `default-src 'none'; style-src 'unsafe-inline'; ${scripts ? "script-src 'unsafe-inline'; " : ""}img-src data:; base-uri 'none'; form-action 'none'`;

/** What stands on a page. */
export interface StillPage {
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
export function stillPage(page: StillPage): string {
  const { title, kind, style: own, facts, main, footer, assets, lang = "en" } = page;
  const { tag, side } = wordsIn(lang);
  const chartStyle = assets ? assets.chartStyle.replace(/<\//g, "<\\/") : "";
  return html`<!doctype html>
<html lang="${tag}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets !== undefined)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft">
<title>${title}: ${kind}</title>
<link rel="icon" href="data:,">
<style>${trusted(chartStyle + style + own + (lang === "zh" ? chineseStyle : ""))}</style>
</head>
<body>
<header class="top">
<p class="eyebrow">${side.report} · ${kind}</p>
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
