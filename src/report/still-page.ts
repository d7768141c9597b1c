import { html, type Markup, trusted } from "./html.js";
import { style } from "./style.js";

// As the report of a run: nothing may be fetched, and here nothing runs either.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** What stands on a page that no script draws. */
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
}

/** A whole HTML document of one file, which loads and runs nothing. Everything that comes from outside is escaped. */
export function stillPage({ title, kind, style: own, facts, main, footer }: StillPage): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft">
<title>${title}: ${kind}</title>
<link rel="icon" href="data:,">
<style>${trusted(style + own)}</style>
</head>
<body>
<header class="top">
<p class="eyebrow">Engraft report · ${kind}</p>
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
