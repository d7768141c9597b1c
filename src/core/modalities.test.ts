// The table of modalities has the words for samples. No other type lists them, and no code compares them.
import { expect, test } from "vitest";
import { codeOf, handwritten, readSource } from "../../test/support/source-imports.js";
import { areRecorded, modalities, modalityOf, sentence } from "./modalities.js";

const words = new Set<string>(
  [...Object.entries(modalities), ["sentence", sentence] as const].flatMap(([name, row]) => {
    const content = "content" in row ? [row.content, `${row.content}s`] : [];
    return [name, `${name}s`, row.one, row.many, ...content];
  }),
);

/** Returns the matches of a pattern in the code of the product whose words are all words of the table. */
const found = (pattern: RegExp): string[] =>
  handwritten
    .filter((file) => file !== "core/modalities.ts")
    .flatMap((file) =>
      [...codeOf(readSource(file)).matchAll(pattern)]
        .filter(([text]) => [...text.matchAll(/"(\w+)"/g)].every(([, word]) => words.has(word!)))
        .map(([text]) => `${file}: ${text}`),
    );

test("the modality of a word is that of its row", () => {
  expect(["picture", "texts", "clips"].map((word) => modalityOf(word as "clip"))).toEqual([
    "image",
    "text",
    "audio",
  ]);
});

test("a group of pictures or sounds is a recording, one of texts, sentences or rows is not", () => {
  expect(["picture", "clip", "text", "sentence", "row", undefined].map((word) => areRecorded(word))).toEqual([
    true,
    true,
    false,
    false,
    false,
    true,
  ]);
});

test("no code compares the word of a sample: what differs is a column of a table, or a value that the caller passes", () => {
  expect(found(/\bunit\b\)?\s*[!=]==\s*"\w+"|"\w+"\s*[!=]==\s*[\w.]*\bunit\b/g)).toEqual([]);
});

test("no type lists words of samples, or modalities, again", () => {
  // Words in < > or [ ] choose from the table: SampleWords<"image" | "text">["one"].
  expect(found(/(?<=(?:[:=]|\bas)\s*(?:\|\s*)?)"\w+"(?:\s*\|\s*"\w+")+(?!\s*\|)/g)).toEqual([]);
});
