// Writes a sheet as JSON: texts in one language, which the page of the studio shows.
import type { Verdict } from "../../core/events/run-outcome.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { ShownScore } from "../../core/results/shown-score.js";
import { type ShownResult, shownScoreOf } from "../../evaluate/shown-score.js";
import { shownClasses } from "../charts/confusion.js";
import { integer } from "../charts/numbers.js";
import { formatInRun, scoreFormats } from "../charts/score-format.js";
import { sentence } from "../layout/result-head.js";
import { sectionTitle } from "../layout/run-sections.js";
import { type Lang, wordsIn } from "../words/index.js";
import {
  type Figure,
  type NumberFormat,
  plainText,
  type ScoreSheet,
  type Sheet,
  type Table,
} from "./sheet.js";
import { type SaidOfScore, saidOfScore } from "./shown-score.js";
import { sheetFor } from "./unscored-sheet.js";
import { isLeftAligned, scaleOf, writtenInterval, writtenNumber, writtenValue } from "./written.js";

/** A figure of a sheet. */
export interface FigureJson {
  /** "accuracy" */
  readonly name: string;
  readonly as: NumberFormat;
  /** null: it has none, or no digits are shown. */
  readonly number: number | null;
  /** "75.0 %"; null with `number`. */
  readonly value: string | null;
  /** "56.0 to 85.0 %" */
  readonly interval?: string;
}

/** The main score with its sentences. */
export interface ScoreJson extends FigureJson, SaidOfScore {
  /** Number of test samples. */
  readonly n: number;
}

export interface TableJson {
  readonly title: string;
  readonly note?: string;
  /** Stands in place of a table without rows. */
  readonly empty?: string;
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** A list of samples, such as those with the worst predictions. */
export interface SamplesJson extends TableJson {
  /** Ids of the samples of the rows. */
  readonly items: readonly string[];
}

/** A confusion matrix of the classes that a report shows, by true class. */
export interface MatrixJson {
  readonly title: string;
  /** Meaning of rows and columns: "true ↓ · predicted →". */
  readonly axis: string;
  /** Which classes are shown; missing if all are. */
  readonly note?: string;
  readonly rows: readonly {
    readonly name: string;
    readonly cells: readonly { readonly count: number; readonly text: string }[];
  }[];
}

/** What the JSON of a result has besides its test scores. */
type Judged = ShownResult & Pick<CommonResult, "no_score"> & { readonly verdict?: Verdict | undefined };

/** The test scores of a run. */
export interface SheetJson {
  readonly score: ScoreJson;
  readonly further: readonly FigureJson[];
  /** The verdict in one sentence, and the scores that it compares. */
  readonly verdict?: { readonly line: string; readonly own: string; readonly other: string };
  /** Why there is no score, or what a reader must know first. */
  readonly warning?: string;
  readonly notes: readonly string[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly tables: readonly TableJson[];
  readonly samples: readonly SamplesJson[];
  /** Missing for predictions that are no classes. */
  readonly confusion?: MatrixJson;
}

/** Returns the test scores of a result. */
export function sheetJson<
  Test extends GroupFacts,
  About,
  Result extends About & { readonly test: Test } & Judged,
>(scored: Sheet<Test, About, Result>, result: Result, lang: Lang): SheetJson {
  const sheet = sheetFor(scored, result);
  const [figure, ...further] = sheet.figures(result.test, result);
  const { warning, notes = [], facts, tables, confusion } = sheet.scores(result.test, result);
  const shown = shownScoreOf(result);
  const hasDigits = shown.value !== null && !result.no_score;
  return {
    score: result.no_score
      ? { ...figureJson(figure, lang), n: 0 }
      : scoreJson({ shown, figure, sample: sheet.sample(result), lang }),
    further: further
      .filter(({ value }) => hasDigits && value !== null && value !== undefined)
      .map((one) => figureJson(one, lang)),
    ...(result.verdict && { verdict: verdictJson(result.verdict, lang) }),
    ...(warning !== undefined && { warning: plainText(warning, lang) }),
    notes: notes.map((note) => plainText(note, lang)),
    facts: facts.map(({ label, value }) => ({
      label: plainText(label, lang),
      value: plainText(value, lang),
    })),
    tables: tables.filter(({ samples }) => samples === undefined).map((table) => tableJson(table, lang)),
    samples: tables.filter(({ samples }) => samples !== undefined).map((table) => samplesJson(table, lang)),
    ...(confusion && { confusion: matrixJson(confusion, lang) }),
  };
}

/** Returns a score with its interval and its sentences. */
export function scoreJson(said: Parameters<typeof saidOfScore>[0]): ScoreJson {
  const { shown, figure, lang } = said;
  const words = wordsIn(lang);
  const { few, guessing } = saidOfScore(said);
  return {
    ...figureJson(shown.value === null ? { ...figure, value: null } : figure, lang),
    ...(few !== undefined && { few: sentence(few, words) }),
    ...(guessing !== undefined && { guessing: sentence(guessing, words) }),
    n: shown.n,
  };
}

/** Returns the accuracy of predictions that are no result of a run. */
export function accuracyJson(shown: ShownScore, lang: Lang): Omit<ScoreJson, "few"> {
  const nameIn = (one: Lang): string => wordsIn(one).metrics.names[shown.metric];
  const { value, ci95 } = shown;
  const figure: Figure = { name: { en: nameIn("en"), zh: nameIn("zh") }, as: "share", value, ci95 };
  const { few: _, ...score } = scoreJson({ shown, figure, sample: "item", lang });
  return score;
}

/** Returns the difference of two scores with its sign, such as "+2.1"; undefined if they are of different metrics, or have no digits. */
export function writtenDifference(a: FigureJson, b: FigureJson): string | undefined {
  const isComparable = a.number !== null && b.number !== null && a.name === b.name;
  return isComparable ? scoreFormats[scaleOf(a.as)].gain(a.number - b.number) : undefined;
}

function verdictJson(verdict: Verdict, lang: Lang): NonNullable<SheetJson["verdict"]> {
  const { score } = formatInRun(verdict.metric);
  const { a, b } = verdict.values;
  return { line: wordsIn(lang).verdict.line(verdict), own: score(a), other: score(b) };
}

function figureJson({ name, as, value, ci95 }: Figure, lang: Lang): FigureJson {
  return {
    name: plainText(name, lang),
    as,
    number: value,
    value: value === null ? null : writtenNumber(as, value),
    ...(ci95 && { interval: writtenInterval(as, ci95, lang) }),
  };
}

/** Returns a table of samples. */
export const samplesJson = (table: Table, lang: Lang): SamplesJson => ({
  ...tableJson(table, lang),
  items: table.samples ?? [],
});

function matrixJson({ classes, counts }: NonNullable<ScoreSheet["confusion"]>, lang: Lang): MatrixJson {
  const { page } = wordsIn(lang);
  const which = shownClasses(counts);
  const left = classes.length - which.length;
  return {
    title: sectionTitle("confusion", lang),
    axis: page.matrixAxis,
    ...(left > 0 && { note: page.matrixLeft(which.length, left) }),
    rows: which.map((truth) => ({
      name: classes[truth]!,
      cells: which.map((predicted) => {
        const count = counts[truth]![predicted]!;
        return { count, text: integer(count) };
      }),
    })),
  };
}

function tableJson({ title, section, note, empty, columns, rows }: Table, lang: Lang): TableJson {
  const shown = columns.flatMap((column, i) => (column.only === "screen" ? [] : [{ ...column, i }]));
  return {
    title: title === undefined ? sectionTitle(section, lang) : plainText(title, lang),
    ...(note !== undefined && { note: plainText(note, lang) }),
    ...(empty !== undefined && { empty: plainText(empty, lang) }),
    columns: shown.map(({ name, as }) => ({ name: plainText(name, lang), isNumber: !isLeftAligned(as) })),
    rows: rows.map((row) => shown.map(({ as, i }) => writtenValue(as, row[i], lang))),
  };
}
