/** Explanations of predictions: as sections of a report, and as a page of their own. */
import type { Explanation } from "../../core/results/explanation.js";
import type { ColumnWeight } from "../../core/results/insights.js";
import { beeswarm, type SwarmFeature } from "../charts/beeswarm.js";
import { type WaterfallPart, waterfall, waterfallStyle } from "../charts/waterfall.js";
import { html, type Markup } from "../html.js";
import { staticPage } from "../live/static-page.js";
import { explainEn } from "../words/en/explain.js";
import type { Lang } from "../words/index.js";
import { explainZh } from "../words/zh/explain.js";

/** Sentences of explanations. */
export const wordsOfExplanations: Readonly<Record<Lang, typeof explainEn>> = { en: explainEn, zh: explainZh };

/** Waterfalls of a page, and rows of a beeswarm: no eye tells more apart. */
const [mostWaterfalls, mostRows, fewestRows] = [60, 200, 3];

export interface ExplanationsOptions {
  readonly lang?: Lang;
  /** False: values of columns and words of texts are left out. Default true. */
  readonly samples?: boolean;
}

/** What is explained: "probability of rose", or the name of the number. */
const outputOf = (told: Explanation, w: typeof explainEn): string =>
  told.unit === "probability" ? w.probabilityOf(told.class) : told.class;

/** Weights that sum up to the prediction, named for a reader. */
function partsOf(
  { columns, words, second, map }: Explanation,
  samples: boolean,
  w: typeof explainEn,
): WaterfallPart[] {
  const half = (own: { readonly half_width?: number }) =>
    own.half_width === undefined ? {} : { half_width: own.half_width };
  if (map)
    return map.values.map((weight, i) => ({
      label: w.cell(Math.floor(i / map.columns) + 1, (i % map.columns) + 1),
      weight,
      ...(map.half_widths && { half_width: map.half_widths[i]! }),
    }));
  if (columns)
    return columns.map(({ name, value, weight, ...own }) => ({
      label: samples ? `${name} = ${value === "" ? w.missing : value}` : name,
      weight,
      ...half(own),
    }));
  return [...(words ?? []), ...(second ?? [])].flatMap(({ text, weight, ...own }, i) =>
    weight === undefined ? [] : [{ label: samples ? text : `#${i + 1}`, weight, ...half(own) }],
  );
}

function waterfallOf(
  told: Explanation,
  { lang = "en", samples = true }: ExplanationsOptions,
): Markup | undefined {
  const w = wordsOfExplanations[lang];
  const parts = partsOf(told, samples, w);
  if (told.base_value === undefined || parts.length === 0) return undefined;
  const output = outputOf(told, w);
  return waterfall({
    title: samples ? told.input : output,
    note: samples ? `${told.word ? `"${told.word.text}" · ` : ""}${output}` : "",
    alt: w.waterfallAlt(output),
    base: told.base_value,
    prediction: told.class_score,
    parts,
    words: w,
  });
}

/** Columns over rows; ranks of values where all values that are there are numbers. */
function featuresOf(all: readonly Explanation[], samples: boolean): SwarmFeature[] {
  const names = all[0]?.columns?.map(({ name }) => name) ?? [];
  return names.map((name) => {
    const own = all.flatMap(({ columns = [] }) => columns.filter((column) => column.name === name));
    const number = ({ value }: ColumnWeight): number => (value.trim() === "" ? Number.NaN : Number(value));
    const numbers = own.map(number);
    const there = numbers.filter(Number.isFinite).sort((a, b) => a - b);
    const ordered =
      samples && there.length > 0 && own.every(({ value }, i) => value === "" || Number.isFinite(numbers[i]));
    return {
      name,
      points: own.map(({ weight }, i) => {
        const rank = there.indexOf(numbers[i]!) / Math.max(1, there.length - 1);
        return { weight, ...(ordered && Number.isFinite(numbers[i]) && { rank }) };
      }),
    };
  });
}

/** One beeswarm for each output that enough rows are explained for. */
function swarmsOf(
  all: readonly Explanation[],
  { lang = "en", samples = true }: ExplanationsOptions,
): Markup[] {
  const w = wordsOfExplanations[lang];
  const outputs = new Map<string, Explanation[]>();
  for (const told of all.filter(({ columns }) => columns).slice(0, mostRows)) {
    const output = outputOf(told, w);
    outputs.set(output, [...(outputs.get(output) ?? []), told]);
  }
  return [...outputs].flatMap(([output, own]) =>
    own.length < fewestRows
      ? []
      : [
          html`<p class="muted">${w.beeswarmIntro(own.length)}</p>`,
          beeswarm({
            title: w.beeswarmTitle(output),
            alt: w.beeswarmAlt(output),
            features: featuresOf(own, samples),
          }),
        ],
  );
}

/** How the weights came about, in sentences. */
function methodOf(all: readonly Explanation[], lang: Lang): string {
  const w = wordsOfExplanations[lang];
  const errors = all.flatMap(({ ig }) => (ig ? [ig.error] : []));
  const largest = errors.reduce((a, b) => Math.max(a, b), 0);
  return [
    ...(all.some(({ shap }) => shap?.exact) ? [w.shap.exact] : []),
    ...(all.some(({ shap }) => shap?.exact === false) ? [w.shap.sampled] : []),
    ...(all.some(({ shap, columns }) => shap && columns) ? [w.hiddenColumns] : []),
    ...(errors.length > 0 ? [w.ig(`${(100 * largest).toFixed(1)}\u00a0%`)] : []),
  ].join(" ");
}

/** Sections of a report: a beeswarm over all rows, and waterfalls of some samples. */
export function explanationSections(
  all: readonly Explanation[],
  options: ExplanationsOptions & { readonly most?: number } = {},
): Markup | undefined {
  const { lang = "en", samples = true, most = mostWaterfalls } = options;
  const w = wordsOfExplanations[lang];
  const swarms = swarmsOf(all, options);
  // Without its words a text has nothing to show.
  const shown = samples ? all : all.filter(({ columns }) => columns);
  const waterfalls = extremes(shown, most).flatMap((told) => waterfallOf(told, options) ?? []);
  if (swarms.length === 0 && waterfalls.length === 0) return undefined;
  return html`${swarms.length > 0 && html`<section><h2>${w.columnsTitle}</h2>${swarms}</section>`}
${waterfalls.length > 0 && html`<section><h2>${w.waterfallTitle}</h2><p class="muted">${w.waterfallIntro}</p><div class="curves">${waterfalls}</div></section>`}
<p class="small muted">${methodOf(all, lang)}</p>`;
}

/** All of few; of many those with the highest and the lowest predictions. */
function extremes(all: readonly Explanation[], most: number): readonly Explanation[] {
  if (all.length <= most) return all;
  const sorted = [...all].sort((a, b) => b.class_score - a.class_score);
  return [...sorted.slice(0, Math.ceil(most / 2)), ...sorted.slice(sorted.length - Math.floor(most / 2))];
}

/** Style of {@link explanationSections}. */
export const explanationsStyle = waterfallStyle;

/** A page of explanations: one HTML file without scripts. */
export function renderExplanations(
  title: string,
  all: readonly Explanation[],
  options: ExplanationsOptions = {},
): string {
  const { lang = "en" } = options;
  const w = wordsOfExplanations[lang];
  return staticPage({
    title,
    kind: w.kind,
    lang,
    style: explanationsStyle,
    facts: html`${w.facts(all.length, [...new Set(all.map(({ method }) => method))].join(", "))}`,
    main: html`${explanationSections(all, options)}`,
    footer: w.footer,
  });
}
