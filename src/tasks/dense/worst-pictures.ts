// The worst pictures of a run with what became of their boxes or masks drawn on them.
import { html, type Markup, name, trusted } from "../../report/html.js";
import { classColour } from "../../report/overlay/colours.js";
import type { Outcome } from "../../report/overlay/overlay-svg.js";
import { pictureIn } from "../../report/report-data.js";
import { type Drawing, type Fact, plainText, type Table } from "../../report/sheet/sheet.js";
import { writtenValue } from "../../report/sheet/written.js";
import { type Lang, wordsIn } from "../../report/words/index.js";

/** Pictures with their boxes or masks, `data:image/jpeg` by sample id. */
export type PicturesById = Readonly<Record<string, string>>;

/** Pictures that are not folded. */
const most = 6;

const notThere = {
  en: (n: number): string =>
    n === 1
      ? "One picture cannot be shown: it is no longer where the run read it."
      : `${n} pictures cannot be shown: they are no longer where the run read them.`,
  zh: (n: number): string => `${n} 张图片无法显示：已不在训练时的位置。`,
};

/**
 * Returns the drawing that shows the pictures of a table of samples in its place, and lists those that are gone; none for a table
 * without rows.
 */
export function worstPictures(
  table: Table,
  drawn: PicturesById | undefined,
  legend: (lang: Lang) => Markup,
): readonly Drawing[] {
  const { section, samples = [] } = table;
  if (samples.length === 0) return [];
  const draw = ({ lang }: { readonly lang: Lang }): Markup => {
    const entries = samples.map((item, row) => ({
      item,
      words: cellsOf(table, row, lang),
      uri: pictureIn(drawn, item),
    }));
    const shown = entries.filter(({ uri }) => uri !== undefined);
    const others = entries.filter(({ uri }) => uri === undefined);
    const list = (some: typeof shown): Markup =>
      html`<ul class="drawn">${some.map(({ item, words, uri }) => html`<li><figure><img src="${uri}" alt="${`${item}: ${words}`}"><figcaption>${words}<span class="file">${name(item)}</span></figcaption></figure></li>`)}</ul>`;
    const rest = shown.slice(most);
    return html`${shown.length > 0 && html`${legend(lang)}${list(shown.slice(0, most))}`}
${rest.length > 0 && html`<details><summary>${wordsIn(lang).page.moreRows(rest.length)}</summary>${list(rest)}</details>`}
${others.length > 0 && html`<p class="muted">${notThere[lang](others.length)}</p><ul>${others.map(({ item, words }) => html`<li>${name(item)}: ${words}</li>`)}</ul>`}`;
  };
  return [{ section, samples: true, draw, style }];
}

/** "found 7, false 2, missed 1" */
const cellsOf = ({ columns, rows }: Table, row: number, lang: Lang): string =>
  columns
    .map((column, i) => `${plainText(column.name, lang)} ${writtenValue(column.as, rows[row]![i], lang)}`)
    .join(wordsIn(lang).page.listed);

const style = `
.drawn { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin: .8rem 0; padding: 0; list-style: none; }
.drawn figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--panel); }
.drawn img { display: block; width: 100%; height: auto; }
.drawn figcaption { padding: .45rem .7rem .55rem; font-size: .88rem; }
.drawn .file { display: block; color: var(--muted); font-size: .78rem; overflow-wrap: anywhere; }
.legend svg.key { overflow: visible; }
@media print { .drawn { grid-template-columns: 1fr 1fr; } .drawn li { break-inside: avoid; } }
`;

/** Returns the fact on the size of the network's input. */
export const inputFact = ({
  input: { width, height },
}: {
  readonly input: { readonly width: number; readonly height: number };
}): Fact => ({
  label: { en: "Input", zh: "输入" },
  value: {
    en: `pictures are stretched to ${width} × ${height} pixels`,
    zh: `图片拉伸到 ${width} × ${height} 像素`,
  },
});

const frame = (stroke: string): string =>
  `<rect x="2" y="2" width="24" height="14" fill="none" stroke-width="3" ${stroke}/>`;
const lines: Readonly<Record<Outcome, string>> = {
  found: frame('stroke="var(--accent)"'),
  false: frame('stroke="var(--accent)" stroke-dasharray="6 3.6"'),
  missed: frame('stroke="#000"') + frame('stroke="#fff" stroke-dasharray="3 3"'),
};

/** Returns the line of an outcome as it is in the pictures, for a legend. */
export const legendLine = (outcome: Outcome): Markup =>
  html`<svg class="key" viewBox="0 0 28 18" width="28" height="18" aria-hidden="true">${trusted(lines[outcome])}</svg>`;

/** Returns a coloured dot for a legend. @param label number of a class */
export const legendDot = (label: number): Markup => html`<i style="background:${classColour(label)}"></i>`;
