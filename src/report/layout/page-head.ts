import { html, type Markup, trusted } from "../html.js";
import type { ReportAssets } from "../report-data.js";
import { style as everyPage } from "./style.js";

/** Returns the content security policy: the page fetches nothing; style, images and scripts are in the file itself. */
const policy = (scripts: boolean): string =>
  `default-src 'none'; style-src 'unsafe-inline'; ${scripts ? "script-src 'unsafe-inline'; " : ""}img-src data:; media-src data:; base-uri 'none'; form-action 'none'`;

/**
 * Returns the beginning of a page, up to its body.
 * @param page.tag language, like "en" @param page.assets of the chart library @param page.style rules of this page alone
 * @param page.scripts false: the page runs none; undefined: the server sends the policy
 */
export function pageHead({
  tag,
  title,
  assets,
  style = "",
  scripts,
}: {
  readonly tag: string;
  readonly title: string;
  readonly assets?: ReportAssets;
  readonly style?: string;
  readonly scripts: boolean | undefined;
}): Markup {
  const ofCharts = assets ? assets.chartStyle.replace(/<\//g, "<\\/") : "";
  return html`<!doctype html>
<html lang="${tag}">
<head>
<meta charset="utf-8">${
    scripts !== undefined &&
    html`
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">`
  }
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(ofCharts + everyPage + style)}</style>
</head>
`;
}
