// Parts of the tables of boxes and masks.

import { decimal } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";
import { type Lang, wordsIn } from "../../words/index.js";

/** Rows of a table that are not folded. */
const mostRows = 12;

/** A value that some data have not. */
export const orDash = (
  value: number | null | undefined,
  write: (value: number) => string = decimal,
): string => (value === null || value === undefined ? "–" : write(value));

export const head = (text: string | Markup): Markup => html`<th scope="col" class="n">${text}</th>`;
export const cell = (text: string | Markup): Markup => html`<td class="n">${text}</td>`;
export const bar = (share: number): Markup =>
  html`<span class="bar" aria-hidden="true"><i style="width:${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%"></i></span>`;

export const table = (label: string, heads: Markup, rows: readonly Markup[]): Markup =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table class="data"><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;

/** Returns a table whose rows from the 13th on are folded. */
export function foldedTable(label: string, heads: Markup, rows: readonly Markup[], lang: Lang): Markup {
  const rest = rows.slice(mostRows);
  return html`${table(label, heads, rows.slice(0, mostRows))}
${rest.length > 0 && html`<details><summary>${wordsIn(lang).page.moreRows(rest.length)}</summary>${table(label, heads, rest)}</details>`}`;
}
