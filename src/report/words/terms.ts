// Terms with their meanings: as tooltips, and as the glossary of a report.
import { html, type Markup } from "../html.js";
import { type Term, termsEn } from "./en/terms.js";
import type { Lang } from "./langs.js";
import { termsZh } from "./zh/terms.js";

export type { Term } from "./en/terms.js";

type Entry = readonly [name: string, meaning: string];

const terms: Readonly<Record<Lang, Readonly<Record<Term, Entry>>>> = { en: termsEn, zh: termsZh };
const names = Object.keys(termsEn) as readonly Term[];

const anchor = (term: Term): string => `term-${term}`;

/**
 * Returns a term with its meaning as a tooltip. It links to the glossary of the page.
 * @param text default: the term's name
 */
export function term(id: Term, lang: Lang, text: string | Markup = terms[lang][id][0]): Markup {
  return html`<a class="term" href="#${anchor(id)}" title="${terms[lang][id][1]}">${text}</a>`;
}

/** Returns the glossary of a page: the terms that `page` links to, by name; undefined without terms. */
export function glossary(page: string, lang: Lang): Markup | undefined {
  const used = names.filter((id) => page.includes(`href="#${anchor(id)}"`));
  if (used.length === 0) return undefined;
  const rows = used.map((id) => ({ id, name: terms[lang][id][0], meaning: terms[lang][id][1] }));
  rows.sort((a, b) => a.name.localeCompare(b.name, lang));
  return html`<dl class="facts">${rows.map(({ id, name, meaning }) => html`<dt id="${anchor(id)}">${name}</dt><dd>${meaning}</dd>`)}</dl>`;
}
