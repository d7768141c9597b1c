import { listError } from "../lists/list-bytes.js";

/** Fields of entities as positions in a text, as Doccano, Prodigy, spaCy and Label Studio's JSON_MIN write them. */
const spanFields = ["label", "labels", "entities", "spans"] as const;

/** An entity of a text: from one character to the one before another. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly type: string;
}

/** Returns the field of entities of a row with a text; undefined if the row has none. */
export function spanFieldOf(values: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof values.text !== "string") return undefined;
  return spanFields.find((field) => {
    const value = values[field];
    return Array.isArray(value) && value.length > 0 && value.every((one) => spanOf(one) !== undefined);
  });
}

/** Parses `[0, 4, "PER"]`, `{"start": 0, "end": 4, "label": "PER"}` or `{"start_offset": …, "end_offset": …}`. */
function spanOf(value: unknown): Span | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const one = value as Readonly<Record<string, unknown>>;
  const [from, to, type] = Array.isArray(value)
    ? value
    : [one.start ?? one.start_offset, one.end ?? one.end_offset, one.label];
  const isSpan =
    typeof from === "number" && typeof to === "number" && typeof type === "string" && type !== "";
  return isSpan ? { from, to, type } : undefined;
}

/** A word with its parts, a sign by itself, or a character of a script without spaces. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+|[^\s]/gu;

/**
 * Returns the words of a text with a BIO tag each. A word is divided where an entity begins or ends inside it.
 * @param values a row with a text and entities, as {@link spanFieldOf} finds them; positions count code points
 * @throws DataError for positions outside of the text and entities that overlap, naming the line
 */
export function wordsOfSpans(
  values: Readonly<Record<string, unknown>>,
  field: string,
  file: string,
  line: number,
): { readonly words: string[]; readonly tags: string[]; readonly spans: SpanCounts } {
  const letters = Array.from(String(values.text));
  const given = values[field] ?? [];
  const refuse = (what: string, help: string) =>
    listError(file, `${what} in ${JSON.stringify(field)}`, line, help);
  if (!Array.isArray(given)) throw refuse("has no list of entities", 'write [[0, 4, "PER"]]');
  const spans = given.map((value: unknown) => {
    const span = spanOf(value);
    if (span === undefined)
      throw refuse(
        `has ${JSON.stringify(value)} for an entity`,
        'write [first character, character behind the last, "TYPE"]',
      );
    if (!(Number.isInteger(span.from) && span.from >= 0 && span.from < span.to && span.to <= letters.length))
      throw refuse(
        `has the entity ${JSON.stringify(value)} in a text of ${letters.length} characters`,
        "positions count characters from 0; the second one stands behind the entity",
      );
    return span;
  });
  spans.sort((a, b) => a.from - b.from);
  const overlap = spans.find((span, i) => i > 0 && span.from < spans[i - 1]!.to);
  if (overlap)
    throw refuse(
      `has entities that overlap at character ${overlap.from}`,
      "a word has one tag: keep one of the two entities",
    );
  const words: string[] = [];
  const tags: string[] = [];
  const add = (from: number, to: number, type?: string): void => {
    for (const [i, text] of [...letters.slice(from, to).join("").matchAll(word)].entries()) {
      words.push(text[0].normalize("NFC"));
      tags.push(type === undefined ? "O" : `${i === 0 ? "B" : "I"}-${type}`);
    }
  };
  let at = 0;
  for (const { from, to, type } of spans) {
    add(at, from);
    add(from, to, type);
    at = to;
  }
  add(at, letters.length);
  const isInside = (at: number): boolean =>
    at > 0 && at < letters.length && isLetter(letters[at - 1]!) && isLetter(letters[at]!);
  const cut = spans.find(({ from, to }) => isInside(from) || isInside(to));
  const inside = spans.filter(({ from, to }) => isInside(from) || isInside(to)).length;
  const first = cut && `${JSON.stringify(letters.slice(cut.from, cut.to).join(""))} in line ${line}`;
  return { words, tags, spans: { all: spans.length, inside, first } };
}

/** Number of entities of a text, and of those that begin or end inside a word, with the first of them. */
export interface SpanCounts {
  readonly all: number;
  readonly inside: number;
  readonly first: string | undefined;
}

/** True for letters and digits of scripts with spaces between words. */
const isLetter = (character: string): boolean =>
  /[\p{L}\p{N}]/u.test(character) &&
  !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(character);
