import type { Part } from "../../core/events/events.js";
import { listLimit } from "../../core/file-limits.js";
import type { Files } from "../../platform/platform.js";
import { givenPart, splitColumnOf } from "../lists/columns.js";
import { decodeTexts, listError } from "../lists/list-bytes.js";
import type { ListFile } from "../lists/read-list.js";
import { count, quoted } from "../split/found.js";
import { type SpanCounts, spanFieldOf, wordsOfSpans } from "./read-spans.js";
import { parseTag } from "./tags.js";

/** A sentence as written in a file. */
export interface ReadSentence {
  /** First line: `train.txt, line 12`. */
  readonly id: string;
  readonly words: readonly string[];
  /** Tags as written; empty if the file has none. */
  readonly tags: readonly string[];
  /** Line of each word; all the same in a list. */
  readonly lines: readonly number[];
  readonly file: string;
  readonly given?: Part;
  /** Its entities as positions in a text. Missing: it has tags. */
  readonly spans?: SpanCounts;
  /** Other fields: the cells of a list, or "document" in columns with -DOCSTART- lines. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Endings of files with words and their tags: of columns, and of lists that can hold lists. */
export const taggedName = /\.(txt|conll\w*|bio\w*|iob\w*|ner|tsv|jsonl|ndjson|json|parquet)$/i;
/** Endings that only files of words with tags have. */
export const columnsName = /\.(conll|bio\w*|iob\w*)$/i;
/** Endings of lists whose cells can be lists. */
export const nestedName = /\.(jsonl|ndjson|json|parquet)$/i;

/** Names of the columns, in order of preference. */
export const fields = { words: ["tokens", "words"], tags: ["tags", "ner_tags", "labels"] } as const;

/** Largest number of words in a sentence. A file without empty lines is one sentence of all its words. */
const maxWords = 20_000;

/**
 * Reads the sentences of a file of columns: the word first, its tag last, an empty line between sentences.
 * @throws DataError with file and line
 */
export async function readTaggedFile(files: Files, path: string): Promise<ReadSentence[]> {
  const name = files.relative(files.dirname(path), path);
  const text = (await decodeTexts(await files.read(path, { limit: listLimit }), name)).replace(/^\uFEFF/, "");
  return columnSentences(text, name);
}

const help =
  "write a word and its tag a line, separated by a tab or a space, and an empty line between sentences";

/** Parses sentences in columns. @throws DataError with the line */
function columnSentences(text: string, name: string): ReadSentence[] {
  const sentences: ReadSentence[] = [];
  let [words, tags, lines]: [string[], string[], number[]] = [[], [], []];
  const end = (): void => {
    const first = lines[0];
    const documentField = document > 0 && { fields: { document: `${name}, document ${document}` } };
    if (first !== undefined)
      sentences.push({ id: `${name}, line ${first}`, words, tags, lines, file: name, ...documentField });
    [words, tags, lines] = [[], [], []];
  };
  let columns: number | undefined;
  let number = 0;
  let document = 0;
  for (const line of text.split(/\r?\n/)) {
    number++;
    if (line.trim() === "") {
      end();
      continue;
    }
    // A word may contain a space, so only tabs separate columns if there are tabs.
    const values = line.includes("\t") ? line.split("\t") : line.trim().split(/\s+/);
    const tag = values.at(-1)!.trim();
    // CoNLL-U and WNUT have comments before a sentence.
    if (words.length === 0 && line.startsWith("#") && parseTag(tag) === undefined) continue;
    if (/^-DOCSTART-/.test(line)) {
      end();
      document++;
      continue;
    }
    if (values.length < 2) throw listError(name, "has one column: a word without its tag", number, help);
    columns ??= values.length;
    if (values.length !== columns)
      throw listError(
        name,
        `has ${values.length} columns, the lines before have ${columns}`,
        number,
        `${help}; a word holds no space`,
      );
    if (parseTag(tag) === undefined) throw listError(name, unknownTag(tag), number, tagHelp);
    words.push(values[0]!.normalize("NFC"));
    tags.push(tag);
    lines.push(number);
    if (words.length > maxWords)
      throw listError(
        name,
        `is in a sentence of more than ${count(maxWords, "word")}`,
        number,
        "put an empty line between sentences",
      );
  }
  end();
  return sentences;
}

const unknownTag = (tag: string): string => `has the tag ${JSON.stringify(tag)}, which marks no entity`;
const tagHelp =
  "tags are O, B-TYPE and I-TYPE, or with E-TYPE and S-TYPE (BIOES); the last column is the tag";

const areObjects = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "object" && one !== null);

/** Returns the field of entities as positions, of the first row that has some. */
const spanFieldOfRows = (rows: ListFile["rows"]): string | undefined => {
  for (const { values } of rows) {
    const field = spanFieldOf(values);
    if (field !== undefined) return field;
  }
  return undefined;
};

/**
 * Returns the sentences of a list with `tokens, tags[, split]`, or with a `text` and entities as positions.
 * @throws DataError with the line
 */
export function listedSentences(list: ListFile): ReadSentence[] {
  const { name, columns, rows } = list;
  const field = (what: keyof typeof fields): string | undefined =>
    fields[what].find((one) => columns.includes(one));
  const [named, tags, split] = [field("words"), field("tags"), splitColumnOf(list)];
  // Prodigy's tokens are objects; its text and spans say the same.
  const words =
    named !== undefined && rows.some(({ values }) => areObjects(values[named])) ? undefined : named;
  const spans = words === undefined ? spanFieldOfRows(rows) : undefined;
  if (words === undefined && spans === undefined)
    throw listError(
      name,
      "has no field of words",
      undefined,
      `its fields are ${quoted(columns, 12) || "none"}; write {"tokens":["Ada","slept"],"tags":["B-PER","O"]}`,
    );
  return rows.map((row) => {
    const { line = 1, values, file = name } = row;
    const texts = (key: string): string[] => {
      const value = values[key];
      if (Array.isArray(value) && value.every((v) => typeof v === "string")) return value;
      const numbers = Array.isArray(value) && value.every((v) => typeof v === "number");
      throw listError(
        file,
        `has no list of texts in ${JSON.stringify(key)}`,
        line,
        numbers
          ? "tags that are numbers do not say their names: give them in their order, --class-names O,B-PER,I-PER"
          : `write ${JSON.stringify(key)} as a list, one text a word`,
      );
    };
    const divided = spans === undefined ? undefined : wordsOfSpans(values, spans, file, line);
    const rowWords = divided?.words ?? texts(words!).map((word) => word.normalize("NFC"));
    const rowTags = divided?.tags ?? (tags === undefined ? [] : texts(tags).map((tag) => tag.trim()));
    if (tags !== undefined && divided === undefined && rowTags.length !== rowWords.length)
      throw listError(
        file,
        `has ${count(rowWords.length, "word")} and ${count(rowTags.length, "tag")}`,
        line,
        "each word has one tag",
      );
    if (rowWords.length > maxWords)
      throw listError(file, `has a sentence of ${count(rowWords.length, "word")}`, line, "divide it");
    const wrong = rowTags.find((tag) => parseTag(tag) === undefined);
    if (wrong !== undefined) throw listError(file, unknownTag(wrong), line, tagHelp);
    const part = split !== undefined && values[split] ? givenPart(row, split, list) : undefined;
    return {
      id: `${file}, line ${line}`,
      words: rowWords,
      ...(divided && { spans: divided.spans }),
      tags: rowTags,
      lines: rowWords.map(() => line),
      file,
      fields: values,
      given: part,
    };
  });
}
