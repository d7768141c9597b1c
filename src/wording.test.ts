// Sentences that tests repeat: a number that may only fall. A commit that lowers it lowers it here.
import { expect, test } from "vitest";
import { codeOf, files, filesOf, handwritten, isTest, readSource } from "../test/support/source-imports.js";

/** Texts of tests that repeat a sentence of the product which another text of a test has already. */
const repeated = 336;

/** Texts in quotes, templates and regular expressions. The first argument of `test`, and of `test.each(…)`, is a title. */
const texts =
  /(?<title>\b(?:test|it|describe)(?:\.\w+)*\(\s*|\)\(\s*)?(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![*/ ])(?:[^/\\\n]|\\.)+\/)/g;
/** Five words in a row: four are often the same by chance. Values and wildcards end a row. */
const fiveWords = /(?<![\w'’-])(?=([a-z'’]+(?:,? [a-z'’]+){4})(?![\w'’-]))/gi;

const textsOf = (file: string): string[] =>
  [...codeOf(readSource(file)).matchAll(texts)].flatMap(({ groups }) =>
    groups!.title === undefined ? [groups!.text!] : [],
  );
const rowsOf = (text: string): string[] =>
  [...text.matchAll(fiveWords)].map(([, words]) => words!.toLowerCase());

test("a sentence of the product stands in one test", () => {
  const sentences = new Map<string, string>();
  for (const text of handwritten.flatMap(textsOf))
    for (const words of rowsOf(text)) if (!sentences.has(words)) sentences.set(words, text);
  const found = [...files.filter(isTest), ...filesOf("../test")]
    .flatMap((file) => textsOf(file).map((text) => ({ file, text })))
    .flatMap(({ file, text }) => {
      const known = rowsOf(text).find((words) => sentences.has(words));
      return known === undefined ? [] : [{ file, sentence: sentences.get(known)! }];
    });
  expect(
    found.length - new Set(found.map(({ sentence }) => sentence)).size,
    "texts of tests that repeat a sentence: test a sentence once, beside its table or the file that throws it. Elsewhere expect the code of the message, or kind and details of the error. If the number fell, lower it",
  ).toBe(repeated);
});
