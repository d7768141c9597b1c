// Writes a sheet as the page of a run.
import {
  type CommonResult,
  choseEpoch,
  methodOfModel,
  type ViewScores,
} from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { type ShownResult, shownScoreOf } from "../../evaluate/shown-score.js";
import { duration, integer } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { type Method, type ResultHead, sentence } from "../layout/result-head.js";
import type { RunParts, RunSection } from "../layout/run-sections.js";
import { fact } from "../pages/details.js";
import { baselineMethods, runPage } from "../pages/run-page.js";
import { seedsWords } from "../pages/seeds-words.js";
import { shownClip } from "../pages/shown-clip.js";
import { recorded } from "../recorded.js";
import type { RunPageData } from "../report-data.js";
import { baselineLabels, teacherLabel } from "../words/baselines.js";
import { type Lang, type Words, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import {
  type Drawing,
  type Fact,
  type Format,
  isEstimate,
  isWritten,
  piecesOf,
  plainText,
  type RunSheet,
  type Sheet,
  type Table,
  type TableContent,
  type Text,
  type Tile,
  type Value,
  wordsOf,
} from "./sheet.js";
import { hasDigits, saidOfScore } from "./shown-score.js";
import { sheetFor } from "./unscored-sheet.js";
import {
  isLeftAligned,
  scaleOf,
  writtenEstimate,
  writtenFigure,
  writtenNumber,
  writtenValue,
} from "./written.js";

/** What the page reads of a result besides the fields of every run. */
export interface ScoredResult<Test> {
  readonly test: Test;
  readonly tta?: ViewScores<Test>;
  readonly baselines?: object;
  readonly by_seed?: Parameters<typeof seedsWords.en.words>[0];
}
export type PageResult<Test> = RunPageData["result"] &
  Pick<CommonResult, "split"> &
  ScoredResult<Test & { readonly metric: RunPageData["result"]["test"]["metric"] }>;

/** Returns a text as HTML. */
export const markupOf = (text: Text, lang: Lang): Markup =>
  html`${piecesOf(text, lang).map((piece) => {
    if ("term" in piece) return term(piece.term, lang, piece.text);
    if ("name" in piece) return html`<bdi>${piece.name}</bdi>`;
    if ("code" in piece) return html`<code>${piece.code}</code>`;
    if ("recorded" in piece) return recorded(piece.recorded, piece.messages, wordsIn(lang));
    return wordsOf(piece);
  })}`;

/** Returns the report of a finished run as one HTML document without scripts. */
export function sheetPage<
  Test extends GroupFacts,
  About,
  Read extends About & { readonly test: Test },
  Result extends Read & PageResult<Test>,
>(scored: Sheet<Test, About, Read>, data: RunPageData<Result>): string {
  const { result, lang = "en" } = data;
  const sheet = sheetFor(scored, result);
  const { items, page } = wordsIn(lang);
  const scores = sheet.scores(result.test, result);
  const run = sheet.run(result);
  const sample = sheet.sample(result);
  const { details: words } = wordsIn(lang);
  const { train, validation, test } = result.split;
  const facts = [...run.facts, ...scores.facts];
  const drawings = run.drawings.filter((one) => data.samples !== false || one.samples === undefined);
  const tables = [...scores.tables, ...(run.tables ?? [])].filter(
    ({ texts }) => data.samples !== false || texts === undefined,
  );
  const hasSounds = Object.keys(data.sounds ?? {}).length > 0;
  const scripts = drawings.flatMap(({ script, playsSounds }) =>
    script && (hasSounds || !playsSounds) ? script : [],
  );
  const many = items.many(sample);
  return runPage({
    data,
    kind: plainText(sheet.kind(result), lang),
    unit: sample,
    first: scores.warning !== undefined && warningMarkup(scores.warning, lang),
    head: headOf(sheet, data),
    tiles: run.tiles && tilesMarkup(tilesOf(run.tiles, result), result, lang),
    tested: { ...result.test, n: scores.n },
    facts: html`${fact(words.data, words.parts(integer(train), integer(validation), integer(test), many))}
${factsMarkup(
  facts.filter(({ section }) => section === undefined),
  lang,
)}`,
    parts: partsOf(tables, facts, drawings, data, sample),
    style: drawings.map(({ style }) => style ?? "").join(""),
    ...(scripts.length > 0 && { scripts: html`${scripts}` }),
    footer: `${seedsWords[lang].footer(many, sheet.intervals && plainText(sheet.intervals, lang), result.by_seed)}${page.gap}${page.chose(many, choseEpoch(result))}`,
    shows: samplesOn(tables, run, data),
  });
}

/** Returns the ids of the samples whose content tables and drawings show. */
function samplesOn(
  tables: readonly Table[],
  { shows = [] }: RunSheet,
  { sounds = {} }: RunPageData,
): readonly string[] {
  const texts = tables.flatMap((table) => (table.texts === undefined ? [] : (table.samples ?? [])));
  return [...shows, ...texts, ...Object.keys(sounds)];
}

const warningMarkup = (text: Text, lang: Lang): Markup =>
  html`<section class="notes few"><p>${markupOf(text, lang)}</p></section>`;

/** Returns facts as the lines of a list. */
export const factsMarkup = (facts: readonly Fact[], lang: Lang): Markup =>
  html`${facts.map(({ label, value }) => fact(markupOf(label, lang), markupOf(value, lang)))}`;

/** Returns the tiles of a result: without other scores if the main one has no digits. */
function tilesOf(tiles: readonly Tile[], result: object): readonly Tile[] {
  const { value } = shownScoreOf(result as ShownResult);
  return tiles.filter(({ isScore }) => value !== null || !isScore);
}

/** Returns the tiles, and one with the time. */
function tilesMarkup(
  tiles: readonly Tile[],
  { seconds, forecast, extensions }: RunPageData["result"],
  lang: Lang,
): Markup {
  const { page } = wordsIn(lang);
  const time: Tile = {
    label: page.time,
    value: duration(seconds.total),
    // The forecast of an extension is not that of the run.
    small: extensions === undefined ? page.forecastSmall(duration(forecast.seconds)) : "",
  };
  return html`<dl class="tiles">${[...tiles, time].map((tile) => tileMarkup(tile, lang))}</dl>`;
}

export const tileMarkup = ({ label, value, small }: Tile, lang: Lang): Markup =>
  html`<div><dt>${markupOf(label, lang)}</dt><dd>${markupOf(value, lang)}<small>${markupOf(small, lang)}</small></dd></div>`;

/** Returns the sections with tables, facts and drawings. */
function partsOf(
  tables: readonly Table[],
  facts: readonly Fact[],
  drawings: readonly Drawing[],
  data: RunPageData,
  sample: string,
): RunParts {
  const { lang = "en", sounds } = data;
  const drawn = new Set(drawings.filter((one) => one.samples).map(({ section }) => section));
  const factsOf = (section: RunSection): readonly Fact[] => facts.filter((one) => one.section === section);
  const withFacts = [...new Set(facts.flatMap(({ section }) => section ?? []))];
  const parts = [
    ...tables.map((table) => ({
      ...table,
      body: drawn.has(table.section) ? noteMarkup(table, lang) : tableMarkup(table, data, sample),
    })),
    ...withFacts.map((section) => ({
      section,
      title: undefined,
      body: html`<dl class="facts">${factsMarkup(factsOf(section), lang)}</dl>`,
    })),
    ...drawings
      .filter((one) => !one.first)
      .map(({ section, title, draw }) => ({ section, title, body: draw({ lang, sounds }) })),
  ];
  const bySection: Partial<Record<RunSection, RunParts[RunSection]>> = {};
  for (const section of new Set(parts.map((part) => part.section))) {
    const [first, ...others] = parts.filter((part) => part.section === section);
    const further = others.map(
      ({ title, body }) => html`${title !== undefined && html`<h3>${markupOf(title, lang)}</h3>`}${body}`,
    );
    const beside = drawings.find((one) => one.first && one.section === section);
    const titled = first!.title !== undefined && markupOf(first!.title, lang);
    bySection[section] = beside
      ? html`<div class="beside"><div>${beside.draw({ lang, sounds })}</div><div>${titled && html`<h3>${titled}</h3>`}${first!.body}${further}</div></div>`
      : withTitle(first!.title, html`${first!.body}${further}`, lang);
  }
  return bySection;
}

const withTitle = (title: Text | undefined, body: Markup, lang: Lang): RunParts[RunSection] =>
  title === undefined ? body : { title: plainText(title, lang), body };

/** Returns the score with those of the baselines. */
function headOf<
  Test extends GroupFacts,
  About,
  Read extends About & { readonly test: Test },
  Result extends Read & PageResult<Test>,
>(sheet: Sheet<Test, About, Read>, { result, lang = "en" }: RunPageData<Result>): ResultHead {
  const words = wordsIn(lang);
  const { page, items } = words;
  const [score, ...further] = sheet.figures(result.test, result);
  const shown = shownScoreOf(result as ShownResult);
  const methodOf = (test: Test, constant = false): Omit<Method, "label" | "how"> => {
    const [{ value, ci95 }, ...others] = sheet.figures(test, result);
    const digits = test === result.test ? shown.value !== null : hasDigits(test, constant);
    return {
      value: value ?? Number.NaN,
      ...(ci95 && !constant && { ci95 }),
      digits,
      cells: others.map((figure) => (digits ? writtenNumber(figure.as, figure.value) : "–")),
    };
  };
  const { tta, baselines = {} } = result;
  const labels = baselineLabels(lang);
  // A teacher is of the same task.
  const taught = result.distillation?.test as (Test & object) | undefined;
  const { n, notes = [items.testCount(n, sheet.sample(result)) + page.stop] } = sheet.scores(
    result.test,
    result,
  );
  const said = result.no_score
    ? {}
    : saidOfScore({ shown, figure: score, sample: sheet.sample(result), lang, baselines });
  const withInterval =
    shown.value === null ? [] : further.filter(({ ci95, value }) => ci95 !== undefined && value !== null);
  return {
    label: page.onTest(markupOf(score.title ?? score.name, lang)),
    metric: plainText(score.name, lang),
    scale: scaleOf(score.as),
    methods: [
      { label: page.thisModel(methodOfModel(result)), ...methodOf(result.test) },
      ...(tta ? [{ label: page.views(tta.views), ...methodOf(tta.test) }] : []),
      ...baselineMethods<Test>({ ...baselines }, labels, methodOf, words),
      ...(taught
        ? [
            {
              label: teacherLabel(result.distillation!.test!.n, n, sheet.sample(result), lang),
              ...methodOf(taught),
            },
          ]
        : []),
    ],
    columns: further.map(({ name }) => markupOf(name, lang)),
    few: said.few,
    notes: [
      said.guessing !== undefined && sentence(said.guessing, words),
      withInterval.length > 0 &&
        sentenceOf(
          withInterval.map((figure) => writtenFigure(figure, lang)),
          page,
        ),
      ...notes.map((note) => markupOf(note, lang)),
    ],
  };
}

/** Returns parts as one sentence. A name such as "mAP" stays as it is. */
const sentenceOf = (parts: readonly string[], { listed, stop }: Words["page"]): string =>
  parts.join(listed).replace(/^[a-z](?=[a-z ])/, (first) => first.toUpperCase()) + stop;

const noteMarkup = ({ note }: TableContent, lang: Lang): Markup =>
  html`${note !== undefined && html`<p class="small muted">${markupOf(note, lang)}</p>`}`;

/** Mark of the best row of a table. */
const bestMark = " ★";

/** Returns the colour that a row has in the charts. */
export const colourKey = (colour: number): Markup =>
  html`<i class="key" style="--this: var(--curve-${colour})" aria-hidden="true"></i>`;

/** Returns a table; rows above its limit are folded. */
export function tableMarkup(
  table: TableContent,
  data: Pick<RunPageData, "lang" | "sounds">,
  sample: string,
): Markup {
  const { lang = "en" } = data;
  const { page, items } = wordsIn(lang);
  const { rows, samples, texts, empty, best, colours, most = 12 } = table;
  if (rows.length === 0 && empty !== undefined) return html`<p>${markupOf(empty, lang)}</p>`;
  const label = table.title === undefined ? items.one(sample) : plainText(table.title, lang);
  const columns = table.columns.flatMap((column, i) => (column.only === "screen" ? [] : [{ ...column, i }]));
  const heads = columns.map(({ as, name }) =>
    isLeftAligned(as)
      ? html`<th scope="col">${markupOf(name, lang)}</th>`
      : html`<th scope="col" class="n">${markupOf(name, lang)}</th>`,
  );
  const sampleCell = (row: number): Markup | undefined =>
    samples &&
    html`<th scope="row">${texts ? html`<bdi>${texts[row]}</bdi><br><small class="muted">${items.item(samples[row]!)}</small>` : name(items.item(samples[row]!))}${shownClip(data, samples[row]!)}</th>`;
  const nameCell = (row: number, as: Format, value: Value): Markup =>
    html`<th scope="row">${colours && colourKey(colours[row]!)}${cellText(as, value, lang)}${row === best && bestMark}</th>`;
  const line = (row: number): Markup =>
    html`<tr${row === best && html` class="best"`}>${sampleCell(row)}${columns.map(({ as, i }) => (samples === undefined && i === 0 ? nameCell(row, as, rows[row]![i]) : cell(as, rows[row]![i], lang)))}</tr>`;
  const part = (from: number, to: number): Markup =>
    html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table class="data"><thead><tr>${samples && html`<th scope="col">${items.one(sample)}</th>`}${heads}</tr></thead><tbody>${rows
      .slice(from, to)
      .map((_, i) => line(from + i))}</tbody></table></div>`;
  return html`${noteMarkup(table, lang)}${part(0, most)}
${rows.length > most && html`<details><summary>${page.moreRows(rows.length - most)}</summary>${part(most, rows.length)}</details>`}`;
}

function cellText(as: Format, value: Value, lang: Lang): Markup {
  if (as === "name" && typeof value === "string") return name(value);
  if (as === "names")
    return Array.isArray(value) && value.length > 0
      ? html`<bdi>${value.join(" · ")}</bdi>`
      : html`${wordsIn(lang).page.nothing}`;
  if (isEstimate(value)) {
    const { number, interval } = writtenEstimate(as, value, lang);
    return html`${number} <small class="muted">${interval}</small>`;
  }
  if (isWritten(value)) {
    const { text, small } = value;
    return html`${markupOf(text, lang)}${small !== undefined && html` <small>${markupOf(small, lang)}</small>`}`;
  }
  if ((as === "text" || as === "written") && value) return markupOf(value as Text, lang);
  return html`${writtenValue(as, value, lang)}`;
}

function cell(as: Format, value: Value, lang: Lang): Markup {
  const { hint, mood } = isWritten(value) ? value : {};
  const classes = [...(isLeftAligned(as) ? [] : ["n"]), ...(mood ? [mood] : [])].join(" ");
  return html`<td${classes !== "" && html` class="${classes}"`}${hint !== undefined && html` title="${plainText(hint, lang)}"`}>${cellText(as, value, lang)}</td>`;
}
