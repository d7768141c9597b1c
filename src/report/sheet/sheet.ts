// The results of a finished run as a task declares them: plain values, which the terminal, the page and the card write in their own way.

import type { Message } from "../../core/messages/message.js";
import type { ClassificationScores } from "../../core/results/counts.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { Interval } from "../../core/results/task.js";
import type { Markup } from "../html.js";
import type { RunSection } from "../layout/run-sections.js";
import { translate } from "../recorded.js";
import type { ReportData } from "../report-data.js";
import { type Lang, wordsIn } from "../words/index.js";
import type { Term } from "../words/terms.js";

/**
 * Piece of a sentence. `own`: words of this package, which may contain Markdown. `value`: a value, escaped. `name`: a name of the
 * user's data, escaped and isolated from the direction of the text around it. `term`: a term of the glossary. `code`: a path or a
 * command. `recorded`: a text of the run's record, with its messages for other languages.
 */
export type Piece =
  | { readonly own: string }
  | { readonly value: string }
  | { readonly name: string }
  | { readonly code: string }
  | { readonly term: Term; readonly text: string }
  | { readonly recorded: string; readonly messages: readonly Message[] | undefined };
/** A sentence, or part of one, in one language. A bare string is a value. */
export type Phrase = string | readonly Piece[];
/** A text in every language; without languages it is the same in all of them. */
export type Text = Phrase | Readonly<Record<Lang, Phrase>>;

/** How a number is written: "share" 87.3 %, "decimal" 0.873, "short" four digits. */
export type NumberFormat = "share" | "decimal" | "short";

/** Score of a model. */
export interface Figure {
  /** Head of its column, and its name in sentences. */
  readonly name: Text;
  /** Above the score on a page. Default: `name`. */
  readonly title?: Text;
  readonly as: NumberFormat;
  readonly value: number | null;
  /** Null: the test samples are too few, or of too few groups. Missing: the score never has one. */
  readonly ci95?: Interval | null;
  /** True: the figure is 1 minus the metric of the task, as an error rate is. */
  readonly isError?: true;
}

/** How the values of a column are written. "names" is a list of names; "written" has {@link Written} values, aligned as numbers. */
export type Format = NumberFormat | "share interval" | "count" | "text" | "name" | "names" | "written";
/** A score with its interval. */
export interface Estimate {
  readonly value: number | null;
  readonly ci95: Interval | null;
}
/** A value as text. */
export interface Written {
  readonly text: Text;
  /** Stands small behind it; on the screen in brackets. */
  readonly small?: Text | undefined;
  /** A page shows it while the pointer rests on the value. */
  readonly hint?: Text | undefined;
  readonly mood?: "good" | "bad" | "muted" | undefined;
}
export type Value = number | Estimate | Interval | Written | Text | readonly string[] | null | undefined;

export interface Column {
  readonly name: Text;
  /** Head of the column on the screen, where a line is short. Default: `name`. */
  readonly short?: string;
  readonly as: Format;
  /** Default: the column stands on the screen and on the page. */
  readonly only?: "screen" | "page";
}

/** A table, filled. Its first column names the row. */
export interface TableContent {
  /** Default: the title of the section. */
  readonly title?: Text;
  readonly note?: Text;
  /** Written instead of a table without rows. */
  readonly empty?: Text;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** Ids of the samples of the rows, if they are samples. A card leaves them out. */
  readonly samples?: readonly string[];
  /** Texts of these samples. A table with texts is left out of a page that shows no samples. */
  readonly texts?: readonly string[];
  /** Column of scores by which the rows are sorted, the lowest first; a row without a score is the last. */
  readonly weakest?: number | undefined;
  /** Rows that a page does not fold. Default 12. */
  readonly most?: number;
  /** Row of the best, which is marked; -1 if there is none. Missing: none could be. */
  readonly best?: number;
  /** Number of the colour of each row in the charts of a page. */
  readonly colours?: readonly number[];
}

/** A table of a section of a run. */
export interface Table extends TableContent {
  readonly section: RunSection;
}

/** A line of a list of facts. */
export interface Fact {
  /** Section of the page that it stands in, below the tables. Default: that of the data. */
  readonly section?: RunSection;
  readonly label: Text;
  /** Label on the screen, at most 10 characters. Default: `label`. */
  readonly short?: string;
  readonly value: Text;
}

/** A number of the most important ones, on a page below the verdict. */
export interface Tile extends Fact {
  /** Below the value. */
  readonly small: Text;
  /** Set for a score of the test split: a page shows it only if the main score has digits. */
  readonly isScore?: true;
}

/** What a page has besides the result. */
export interface Shown {
  readonly lang: Lang;
  /** Sounds by sample id, if the data still has them. */
  readonly sounds?: ReportData["sounds"] | undefined;
}

/** A figure that only a page can show. It stands below the tables of its section. */
export interface Drawing {
  readonly section: RunSection;
  readonly title?: Text;
  readonly draw: (shown: Shown) => Markup;
  /** True: it shows the samples of the tables of its section in their place, below their notes. It is left out of a page that shows none. */
  readonly samples?: true;
  /** True: it stands on the left of the tables of its section; on a narrow screen above them. */
  readonly first?: true;
  readonly style?: string;
  readonly script?: Markup;
  /** True: the script is for a page that has sounds. */
  readonly playsSounds?: true;
}

/** Test scores of one model. */
export interface ScoreSheet {
  /** Number of tested samples. */
  readonly n: number;
  /** What a reader must know first. */
  readonly warning?: Text | undefined;
  /** Sentences below the score. Default: the number of samples. */
  readonly notes?: readonly Text[];
  readonly facts: readonly Fact[];
  readonly tables: readonly Table[];
  /** Counts of predictions of classes, `counts[true][predicted]`. */
  readonly confusion?: {
    readonly classes: readonly string[];
    readonly counts: ClassificationScores["confusion"];
  };
}

/** What a model card says of the use of a model. Cards are in English. */
export interface Usage {
  /** First paragraph: what the model does, its inputs and outputs. */
  readonly does: readonly Piece[];
  /** How the scores are counted, after the number of test samples. */
  readonly counted?: string;
  /** A paragraph after the scores. */
  readonly scored?: string;
  /** A paragraph before the script. */
  readonly note?: string;
  /** JavaScript that runs the model with Transformers.js. */
  readonly script?: string;
  /** Python that runs it with onnxruntime. */
  readonly python?: string;
  /** Input of `engraft predict`. Missing: the command line does not know the task. */
  readonly example?: string;
  /** Name of the task on the Hugging Face hub, and its names of metrics there. */
  readonly hub: {
    readonly task: string;
    readonly metrics: readonly string[];
    readonly tags?: readonly string[];
    /** Default: that of the script. */
    readonly library?: "engraft" | "transformers.js";
    /** Default: fine-tuned. */
    readonly relation?: "adapter";
  };
}

/** What a run has besides its scores. */
export interface RunSheet {
  /** Default: none. */
  readonly tiles?: readonly Tile[];
  /** Tables after those of the scores. */
  readonly tables?: readonly Table[];
  readonly facts: readonly Fact[];
  readonly drawings: readonly Drawing[];
  /** Ids of the samples whose content the drawings show, without sounds. Default: none. */
  readonly shows?: readonly string[];
  /** Lines of a card on how this model was made, besides those that every card has. */
  readonly made?: readonly { readonly label: string; readonly value: Phrase }[];
  readonly usage: Usage;
}

/**
 * The results of a task. `About` are the facts that a result and an evaluation both have; `Result` is what the sheet reads of a result.
 * @example const sheet: Sheet<EntityScores, unknown, Pick<EntitiesResultEvent, "test" | "types">> = { … };
 */
export interface Sheet<Test extends GroupFacts, About, Result extends About & { readonly test: Test }> {
  /** "named-entity recognition" */
  kind(about: About): Text;
  /** Name of a sample: "sentence". */
  sample(about: About): string;
  /** About the intervals, besides what they are over: "those of shares are Wilson's". */
  readonly intervals?: Text;
  /** The task's score first. */
  figures(test: Test, about: About): readonly [Figure, ...Figure[]];
  scores(test: Test, about: About): ScoreSheet;
  run(result: Result): RunSheet;
}

/** Column with the value that it has in a row. */
export interface ColumnOf<Row> extends Column {
  readonly of: (row: Row) => Value;
}

type TableOptions<Row> = Omit<TableContent, "columns" | "rows" | "samples" | "texts"> & {
  readonly columns: readonly ColumnOf<Row>[];
  readonly sample?: (row: Row) => string;
  readonly text?: (row: Row) => string;
};

/** Returns a filled table. The rows are sorted by the column `weakest`. */
export function tableOf<Row>(
  rows: readonly Row[],
  table: TableOptions<Row> & { readonly section: RunSection },
): Table;
export function tableOf<Row>(rows: readonly Row[], table: TableOptions<Row>): TableContent;
export function tableOf<Row>(
  rows: readonly Row[],
  { columns, sample, text, ...table }: TableOptions<Row>,
): TableContent {
  const by = table.weakest === undefined ? undefined : columns[table.weakest];
  const score = (row: Row): number => scoreIn(by?.of(row)) ?? Number.POSITIVE_INFINITY;
  const sorted = by ? [...rows].sort((a, b) => score(a) - score(b)) : rows;
  return {
    ...table,
    columns: columns.map(({ of: _, ...column }) => column),
    rows: sorted.map((row) => columns.map((column) => column.of(row))),
    ...(sample && { samples: sorted.map(sample) }),
    ...(text && { texts: sorted.map(text) }),
  };
}

/** Returns an interval; null if the test samples are of too few groups for one. */
export const intervalOf = <T extends Figure["ci95"]>({ few_groups }: GroupFacts, ci95: T): T | null =>
  few_groups ? null : ci95;

/** Returns the score that a cell has. */
export function scoreIn(value: Value): number | undefined {
  if (typeof value === "number") return value;
  return isEstimate(value) ? scoreIn(value.value) : undefined;
}

export const isEstimate = (value: Value): value is Estimate =>
  typeof value === "object" && value !== null && "ci95" in value;

export const isWritten = (value: Value): value is Written =>
  typeof value === "object" && value !== null && "text" in value;

/**
 * Returns a sentence. The words of the template are this package's own; its values are escaped.
 * @example say`${test.n} of ${names(types)}`
 */
export function say(own: TemplateStringsArray, ...values: readonly Phrase[]): readonly Piece[] {
  return own.flatMap((text, i) => {
    const value = values[i - 1] ?? [];
    const pieces: readonly Piece[] = typeof value === "string" ? [{ value }] : value;
    return text === "" ? pieces : [...pieces, { own: text }];
  });
}

/** Returns a term of the glossary under its name in each language. */
export const termed = (id: Term, en: string, zh: string): Text => ({
  en: [{ term: id, text: en }],
  zh: [{ term: id, text: zh }],
});

/** Returns names of the user's data, separated by commas. */
export const names = (all: readonly string[]): readonly Piece[] =>
  all.flatMap((name, i) => (i === 0 ? [{ name }] : [{ own: ", " }, { name }]));

/** Input of `engraft predict` for a model of pairs of texts. */
export const pairExample = '--text-a "a text" --text-b "another one"';

/** Returns the pieces of a text in a language. */
export function piecesOf(text: Text, lang: Lang): readonly Piece[] {
  const said = typeof text === "string" || isPieces(text) ? text : text[lang];
  return typeof said === "string" ? [{ value: said }] : said;
}

const isPieces = (text: Exclude<Text, string>): text is readonly Piece[] => Array.isArray(text);

/** Returns a text in every language. */
export const inEach = (phrase: (lang: Lang) => Phrase): Text => ({ en: phrase("en"), zh: phrase("zh") });

/** Returns a text without markup, for the screen, attributes and titles. */
export const plainText = (text: Text, lang: Lang): string =>
  piecesOf(text, lang)
    .map((piece) => ("recorded" in piece ? recordedText(piece, lang) : wordsOf(piece)))
    .join("");

type RecordedPiece = Extract<Piece, { readonly recorded: string }>;
const recordedText = ({ recorded, messages }: RecordedPiece, lang: Lang): string =>
  lang === "en" ? recorded : (translate(messages, wordsIn(lang)) ?? recorded);

/** Returns the words of a piece, without markup. */
export function wordsOf(piece: Piece): string {
  if ("own" in piece) return piece.own;
  if ("value" in piece) return piece.value;
  if ("name" in piece) return piece.name;
  if ("code" in piece) return piece.code;
  return "text" in piece ? piece.text : piece.recorded;
}
