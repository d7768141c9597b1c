// Explanations of predictions: as parts of a report, and as a page of their own.
import type { Explanation } from "../../core/results/explanation.js";
import type { ColumnWeight } from "../../core/results/insights.js";
import { isTaskWith } from "../../core/results/task.js";
import { beeswarm, type SwarmFeature } from "../charts/beeswarm.js";
import { type WaterfallPart, waterfall, waterfallStyle } from "../charts/waterfall.js";
import { html, type Markup } from "../html.js";
import { renderPage } from "../layout/layout.js";
import { explainEn } from "../words/en/explain.js";
import type { Lang } from "../words/index.js";
import { explainZh } from "../words/zh/explain.js";

/** Sentences of explanations. */
export const wordsOfExplanations: Readonly<Record<Lang, typeof explainEn>> = { en: explainEn, zh: explainZh };

/** Most waterfalls of a page; most and fewest rows of a beeswarm. */
const [mostWaterfalls, mostRows, fewestRows] = [60, 200, 3];

export interface ExplanationsOptions {
  readonly lang?: Lang;
  /** False: values of columns and words of texts are left out. Default true. */
  readonly samples?: boolean;
}

/** Returns the name of what is explained: "probability of rose", or the name of the number. */
const outputOf = (explanation: Explanation, w: typeof explainEn): string =>
  explanation.unit === "probability" ? w.probabilityOf(explanation.class) : explanation.class;

/** Returns the weights that sum up to the prediction, with names. */
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
  explanation: Explanation,
  { lang = "en", samples = true }: ExplanationsOptions,
): Markup | undefined {
  const w = wordsOfExplanations[lang];
  const parts = partsOf(explanation, samples, w);
  if (explanation.base_value === undefined || parts.length === 0) return undefined;
  const output = outputOf(explanation, w);
  return waterfall({
    title: samples ? explanation.input : output,
    note: samples ? `${explanation.word ? `"${explanation.word.text}" · ` : ""}${output}` : "",
    alt: w.waterfallAlt(output),
    base: explanation.base_value,
    prediction: explanation.class_score,
    parts,
    words: w,
  });
}

/** Returns the columns of all rows. A column of numbers has the rank of each value. */
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

/** Returns a beeswarm for each output with enough explained rows. */
function swarmsOf(
  all: readonly Explanation[],
  { lang = "en", samples = true }: ExplanationsOptions,
): Markup[] {
  const w = wordsOfExplanations[lang];
  const outputs = new Map<string, Explanation[]>();
  for (const explanation of all.filter(({ columns }) => columns).slice(0, mostRows)) {
    const output = outputOf(explanation, w);
    outputs.set(output, [...(outputs.get(output) ?? []), explanation]);
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

/** Returns how the weights were computed, in sentences. */
function methodOf(all: readonly Explanation[], lang: Lang): string {
  const w = wordsOfExplanations[lang];
  const errors = all.flatMap(({ ig }) => (ig ? [ig.error] : []));
  const ofRow = all.find(({ shap, columns }) => shap && columns);
  const largest = errors.reduce((a, b) => Math.max(a, b), 0);
  return [
    ...(all.some(({ shap }) => shap?.exact) ? [w.shap.exact] : []),
    ...(all.some(({ shap }) => shap?.exact === false) ? [w.shap.sampled] : []),
    ...(ofRow ? [isTaskWith(ofRow.task, { input: "several" }) ? w.hiddenInputs : w.hiddenColumns] : []),
    ...(errors.length > 0 ? [w.ig(`${(100 * largest).toFixed(1)}\u00a0%`)] : []),
  ].join(" ");
}

/** Returns the parts of a report: a beeswarm over all rows, waterfalls of some samples, and the ids of those whose values or words these show. */
export function explanationParts(
  all: readonly Explanation[],
  options: ExplanationsOptions & { readonly most?: number } = {},
): { readonly columns?: Markup; readonly explanations?: Markup; readonly inputs?: readonly string[] } {
  const { lang = "en", samples = true, most = mostWaterfalls } = options;
  const w = wordsOfExplanations[lang];
  const swarms = swarmsOf(all, options);
  // A text without its words has nothing to show.
  const shown = samples ? all : all.filter(({ columns }) => columns);
  const some = extremes(shown, most);
  const waterfalls = some.flatMap((explanation) => waterfallOf(explanation, options) ?? []);
  // A map says nothing of the sample but where it was looked at.
  const contents = some.filter(({ map, base_value: base }) => map === undefined && base !== undefined);
  const method = html`<p class="small muted">${methodOf(all, lang)}</p>`;
  return {
    ...(swarms.length > 0 && { columns: html`${swarms}${method}` }),
    ...(samples && contents.length > 0 && { inputs: contents.map(({ input }) => input) }),
    ...(waterfalls.length > 0 && {
      explanations: html`<p class="muted">${w.waterfallIntro}</p><div class="curves">${waterfalls}</div>${swarms.length === 0 && method}`,
    }),
  };
}

/** Returns all of few; of many those with the highest and the lowest predictions. */
function extremes(all: readonly Explanation[], most: number): readonly Explanation[] {
  if (all.length <= most) return all;
  const sorted = [...all].sort((a, b) => b.class_score - a.class_score);
  return [...sorted.slice(0, Math.ceil(most / 2)), ...sorted.slice(sorted.length - Math.floor(most / 2))];
}

/** Style of {@link explanationParts}. */
export const explanationsStyle = waterfallStyle;

/** Returns a page of explanations as one HTML document without scripts. */
export function renderExplanations(
  title: string,
  all: readonly Explanation[],
  options: ExplanationsOptions = {},
): string {
  const { lang = "en" } = options;
  const w = wordsOfExplanations[lang];
  const { columns, explanations } = explanationParts(all, options);
  return renderPage({
    title,
    kind: w.kind,
    lang,
    style: explanationsStyle,
    facts: html`${w.facts(all.length, [...new Set(all.map(({ method }) => method))].join(", "), all[0]?.head)}`,
    lead: html``,
    sections: [
      ...(columns ? [{ id: "columns", title: w.columnsTitle, body: columns }] : []),
      ...(explanations ? [{ id: "explanations", title: w.waterfallTitle, body: explanations }] : []),
    ],
    footer: w.footer,
  });
}
