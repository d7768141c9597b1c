// Pictures with drawn boxes or masks, their legend, and a list of those that cannot be shown.
import { html, type Markup, name, trusted } from "../../html.js";
import { classColour } from "../../overlay/class-colours.js";
import { maskErrorColours } from "../../overlay/outcomes.js";
import type { Outcome } from "../../overlay/overlay-svg.js";
import { pictureIn } from "../../report-data.js";
import { drawnEn } from "../../words/en/dense/drawn.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { drawnZh } from "../../words/zh/dense/drawn.js";

const wordsOfPictures: Readonly<Record<Lang, typeof drawnEn>> = { en: drawnEn, zh: drawnZh };

/** Pictures that are not folded. */
const open = 6;

/** A picture of the test split, and what became of its objects. */
export interface PictureEntry {
  readonly item: string;
  /** "7 found, 2 false, 1 missed" */
  readonly words: string;
  /** Text that stands for the picture. */
  readonly alt: string;
}

export interface WorstPicturesOptions {
  /** The worst first. */
  readonly entries: readonly PictureEntry[];
  /** `data:image/jpeg` by item, for pictures that still exist; undefined if none shall be shown. */
  readonly drawings: Readonly<Record<string, string>> | undefined;
  readonly legend: Markup;
  readonly lang: Lang;
}

/** Returns pictures with their legend. */
export function renderWorstPictures({ entries, drawings, legend, lang }: WorstPicturesOptions): Markup {
  const [w, { page }] = [wordsOfPictures[lang], wordsIn(lang)];
  const shown = entries.flatMap((entry) => {
    const uri = pictureIn(drawings, entry.item);
    return uri === undefined ? [] : [{ ...entry, uri }];
  });
  const others = entries.filter(({ item }) => pictureIn(drawings, item) === undefined);
  const list = (some: typeof shown): Markup =>
    html`<ul class="drawn">${some.map(({ item, words, alt, uri }) => html`<li><figure><img src="${uri}" alt="${alt}"><figcaption>${words}<span class="file">${name(item)}</span></figcaption></figure></li>`)}</ul>`;
  const rest = shown.slice(open);
  const why = drawings === undefined ? w.noPictures : w.notThere(others.length);
  return html`${shown.length > 0 && html`${legend}${list(shown.slice(0, open))}`}
${rest.length > 0 && html`<details><summary>${page.moreRows(rest.length)}</summary>${list(rest)}</details>`}
${
  others.length > 0 &&
  html`<p class="muted">${why}</p><div class="scroll" role="region" aria-label="${w.picture}" tabindex="0"><table class="data"><tbody>${others.map(
    ({ item, words }) => html`<tr><th scope="row">${name(item)}</th><td>${words}</td></tr>`,
  )}</tbody></table></div>`
}`;
}

/** Most classes of a legend. The names are in the pictures too. */
const mostClasses = 12;

/** Returns the legend of boxes: lines of the outcomes, and colours of the classes. */
export function boxLegend(classes: readonly string[], lang: Lang): Markup {
  const w = wordsOfPictures[lang];
  const outcome = (kind: Outcome): Markup => html`<span>${key(outcomeKeys[kind])}${w[kind]}</span> `;
  const colours = classes
    .slice(0, mostClasses)
    .map((label, k) => html`<span><i style="background:${classColour(k)}"></i>${name(label)}</span> `);
  return html`<p class="legend">${(["found", "false", "missed"] as const).map(outcome)}${colours}</p>`;
}

/** Returns the legend of error maps. */
export function errorMapLegend(words: Readonly<Record<keyof typeof maskErrorColours, string>>): Markup {
  const kinds = Object.entries(maskErrorColours) as [keyof typeof maskErrorColours, number][];
  return html`<p class="legend">${kinds.map(
    ([kind, label]) =>
      html`<span>${kind === "missed" ? key(outcomeKeys.missed) : html`<i style="background:${classColour(label)}"></i>`}${words[kind]}</span> `,
  )}</p>`;
}

const key = (lines: string): Markup =>
  html`<svg class="key" viewBox="0 0 28 18" width="28" height="18" aria-hidden="true">${trusted(lines)}</svg>`;
const frame = (stroke: string): string =>
  `<rect x="2" y="2" width="24" height="14" fill="none" stroke-width="3" ${stroke}/>`;
/** Lines as they are in the pictures. */
const outcomeKeys: Readonly<Record<Outcome, string>> = {
  found: frame('stroke="var(--accent)"'),
  false: frame('stroke="var(--accent)" stroke-dasharray="6 3.6"'),
  missed: frame('stroke="#000"') + frame('stroke="#fff" stroke-dasharray="3 3"'),
};

export const worstPicturesStyle = `
.drawn { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin: .8rem 0; padding: 0; list-style: none; }
.drawn figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--panel); }
.drawn img { display: block; width: 100%; height: auto; }
.drawn figcaption { padding: .45rem .7rem .55rem; font-size: .88rem; }
.drawn .file { display: block; color: var(--muted); font-size: .78rem; overflow-wrap: anywhere; }
.legend svg.key { overflow: visible; }
@media print { .drawn { grid-template-columns: 1fr 1fr; } .drawn li { break-inside: avoid; } }
`;
