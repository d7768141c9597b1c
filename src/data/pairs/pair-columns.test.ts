import { expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import { isLanguage, scriptOfLanguage } from "./languages.js";
import { namedPairColumns, pairColumnsOf, pairIn } from "./pair-columns.js";

const animals = "dog cat horse bird fish cow goat hen mouse fox".split(" ");
const tiere = "Hund Katze Pferd Vogel Fisch Kuh Ziege Huhn Maus Fuchs".split(" ");
const english = (i: number): string => `the ${animals[i % 10]} sees ${animals[(i >> 2) % 10]} and me`;
const german = (i: number): string => `${tiere[i % 10]} sieht ${tiere[(i >> 2) % 10]} und mich`;
type Cell = (i: number) => unknown;

/** The first rows of a list, with a function for the cells of each column. */
function head(cells: Readonly<Record<string, Cell>>, separator?: string, n = 40) {
  const columns = Object.keys(cells);
  const rows = Array.from({ length: n }, (_, i) => ({
    line: i + 2,
    values: Object.fromEntries(columns.map((column) => [column, cells[column]!(i)])),
  }));
  return { name: "pairs.tsv", columns, rows, separator };
}
const found = (cells: Readonly<Record<string, Cell>>, separator?: string) =>
  pairColumnsOf(head(cells, separator));
const refused = (work: () => unknown): EngraftError => {
  try {
    work();
  } catch (error) {
    return error as EngraftError;
  }
  throw new Error("nothing was refused");
};

test.each([
  ["source", "target"],
  ["Source", "Target"],
  ["src", "tgt"],
  ["source_text", "target_text"],
  ["input_text", "target_text"],
  ["input", "output"],
  ["word", "phonemes"],
  ["word", "pronunciation"],
])("%s and %s are usual names, in either order, beside other columns", (source, target) => {
  expect(found({ [source]: english, [target]: german })).toEqual({ source, target });
  expect(found({ id: String, [target]: german, note: english, [source]: english })).toEqual({
    source,
    target,
  });
});

test("sources may begin alike, with the prefix of T5", () => {
  const source: Cell = (i) => `translate English to German: ${english(i)}`;
  expect(found({ source, target: german })).toEqual({ source: "source", target: "target" });
});

test("words and phonemes are pairs, though each is one word", () => {
  const word: Cell = (i) => `${animals[i % 10]}${"abcdefgh"[i >> 3]}`;
  const phonemes: Cell = (i) => `D AO1 G ${"abcdefgh"[i >> 3]} ${i}`;
  const alternatives: Cell = (i) => (i % 6 === 0 ? `D AA1 G ${i}` : "");
  expect(found({ word, phonemes, alternatives })).toEqual({ source: "word", target: "phonemes" });
});

test.each([
  ["en", "de"],
  ["EN", "DE"],
  ["pt-BR", "zh_CN"],
  ["zh-Hans", "es-419"],
  ["eng_Latn", "deu_Latn"],
])("%s and %s are languages: the first column is the source", (source, target) => {
  expect(found({ id: String, [source]: english, [target]: german, comment: () => "checked" })).toEqual({
    source,
    target,
  });
});

test("a column of objects with two languages is Hugging Face's translation", () => {
  const translation: Cell = (i) => ({ en: english(i), de: i === 3 ? null : german(i) });
  const columns = found({ id: String, translation });
  expect(columns).toEqual({ source: "en", target: "de", inside: "translation" });
  expect(pairIn({ translation: translation(0) }, columns!)).toEqual([english(0), german(0)]);
  expect(pairIn({ translation: "no object" }, columns!)).toEqual([undefined, undefined]);
  expect(found({ translation: (i) => ({ en: english(i), words: 7 }) })).toBeUndefined();
  expect(found({ translation: (i) => ({ en: [english(i)], de: german(i) }) })).toBeUndefined();
});

test("one language, or three, are refused with their names", () => {
  const one = refused(() => found({ translation: (i) => ({ en: english(i) }) }));
  expect([one.kind, one.details.languages]).toEqual(["DataError", ["en"]]);
  expect(refused(() => found({ en: english, de: german, nl: english })).details.languages).toEqual([
    "en",
    "de",
    "nl",
  ]);
  // Names of other columns are codes of languages as well.
  expect(found({ to: english, no: german, is: english, price: (i) => 7 * i })).toBeUndefined();
});

test("two columns of texts are a pair by their content", () => {
  expect(found({ english, german })).toEqual({ source: "english", target: "german" });
  const note: Cell = (i) => `CC-BY 2.0 (France) Attribution: tatoeba.org #${i}`;
  expect(found({ split: () => "train", nr: Number, english, note, german })).toEqual({
    source: "english",
    target: "german",
  });
  const han: Cell = (i) => `${"一二三四五六七八"[i % 8]}只${"狗猫马鸟鱼"[i >> 3]}在这里`;
  const kana: Cell = (i) => `${"あいうえおかきく"[i % 8]}の${"さしすせそ"[i >> 3]}です`;
  expect(found({ han, kana })).toEqual({ source: "han", target: "kana" });
});

test("without names of columns the first line is a pair", () => {
  const of = (cells: Readonly<Record<string, Cell>>, separator = "\t") => found(cells, separator)?.places;
  // As manythings.org has Tatoeba: a sentence ends with its mark, and stands in several lines.
  expect(of({ "Go.": (i) => `${english(i)}.`, "Geh!": (i) => `${german(i)}.` })).toEqual([0, 1]);
  expect(of({ [english(3)]: english, Anrede: german })).toEqual([0, 1]);
  const phonemes: Cell = (i) => `${["AE1 B", "IY0 AE1", "B IY0"][i % 3]} ${i}`;
  expect(of({ abbey: (i) => `${animals[i % 10]}${"abcde"[i >> 3]}`, "AE1 B IY0": phonemes })).toEqual([0, 1]);
  expect(of({ "English sentences": english, "German sentences": german })).toBeUndefined();
  // JSON has names always.
  expect(found({ "Go.": english, "Geh!": german })).toEqual({ source: "Go.", target: "Geh!" });
});

test.each<[string, Readonly<Record<string, Cell>>]>([
  ["texts with a label", { source: english, label: (i) => (i % 2 ? "good" : "bad") }],
  ["a target of few classes", { source: english, target: (i) => ["pet", "wild", "farm"][i % 3] }],
  ["a source of few values", { source: (i) => ["web", "app"][i % 2], target: german }],
  ["a target of numbers", { source: english, target: (i) => 7 * i }],
  ["texts beside numbers", { english, price: (i) => 1.5 * i, german }],
  ["texts beside a category", { english, topic: (i) => ["a", "b"][i % 2], german }],
  ["three texts", { english, german, both: (i) => `${german(i)}, that is ${english(i)}` }],
  ["a text by its name, and another one", { text: english, german }],
  ["languages beside a label", { en: english, de: german, label: (i) => i % 2 }],
  ["ids and addresses", { user: (i) => `u${i}`, mail: (i) => `u${i}@example.org` }],
  ["names of files", { scan: (i) => `scans/${i}.png`, text: english }],
  ["single words", { first: (i) => `${animals[i % 10]}a`, second: (i) => `${tiere[i % 10]}b` }],
  ["a question and an answer", { question: () => "Who?", answer: () => "Me." }],
  ["lists", { source: (i) => [english(i)], target: (i) => [german(i)] }],
  ["one column", { source: english }],
  ["nothing", {}],
])("%s: no pairs", (_, cells) => {
  expect(found(cells)).toBeUndefined();
  expect(pairColumnsOf(head(cells, "\t", 0))).toBeUndefined();
});

test("columns that the user names are taken, also inside objects", () => {
  const list = head({
    x: english,
    y: german,
    both: (i) => ({ en: english(i), de: german(i), nl: english(i) }),
  });
  expect(namedPairColumns(list, "y", "x")).toEqual({ source: "y", target: "x" });
  expect(namedPairColumns(list, "nl", "en")).toEqual({ source: "nl", target: "en", inside: "both" });
  expect(refused(() => namedPairColumns(list, "x", "z"))).toMatchObject({
    code: "no-such-column",
    details: { named: "z" },
  });
  expect(refused(() => namedPairColumns(list, "x", "x")).kind).toBe("OptionError");
});

test("names of an object's prototype are names like others", () => {
  const values = JSON.parse('{"__proto__": "one dog", "constructor": "ein Hund"}') as Record<string, unknown>;
  const list = { name: "a.jsonl", columns: Object.keys(values), rows: [{ line: 1, values }] };
  const columns = namedPairColumns(list, "__proto__", "constructor");
  expect(pairIn(values, columns)).toEqual(["one dog", "ein Hund"]);
  expect(pairIn({}, columns)).toEqual([undefined, undefined]);
  expect(refused(() => namedPairColumns({ ...list, columns: [] }, "__proto__", "toString")).code).toBe(
    "no-such-column",
  );
});

test("codes of languages are those of ISO 639-1, with scripts and regions", () => {
  expect(["en", "pt-BR", "zh_CN", "zh-Hant", "es-419", "deu_Latn", "iw"].filter(isLanguage)).toHaveLength(7);
  expect(["xx", "eng", "english", "en-", "e", "", "constructor", "en-x1"].filter(isLanguage)).toEqual([]);
});

test("languages of one script have it, and the others none", () => {
  // Scripts by the registry of language subtags, field Suppress-Script: https://www.iana.org/assignments/language-subtag-registry
  expect(["de", "ru", "he", "th", "pt-BR"].map(scriptOfLanguage)).toEqual([
    ...["Latin", "Cyrillic", "Hebrew", "Thai", "Latin"],
  ]);
  expect(["zh-Hant", "zh_CN", "ja", "ko"].map(scriptOfLanguage)).toEqual(["Han", "Han", "Kana", "Hangul"]);
  expect(["sr", "zh-Latn", "xx", "constructor"].map(scriptOfLanguage)).toEqual(Array(4).fill(undefined));
});
