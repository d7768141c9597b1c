import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { termsEn } from "./en/terms.js";
import { glossary, term } from "./terms.js";

const guide = new URL("../../../docs/guide/glossary.md", import.meta.url);

/** Meanings of the guide's glossary by name, without links. */
const meanings = new Map(
  [...readFileSync(guide, "utf8").matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, name, meaning]) => [
    name!,
    meaning!.replace(/ ?\[[^\]]+\]\([^)]+\)/g, "").trim(),
  ]),
);
const plain = (meaning: string): string => `${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`;

test("each term of a report is in the guide's glossary with the same meaning", () => {
  const different = Object.values(termsEn).flatMap(([name, meaning]) =>
    plain(meanings.get(name) ?? "") === plain(meaning)
      ? []
      : [[name, meaning, meanings.get(name) ?? "missing"]],
  );
  expect(different).toEqual([]);
});

test("the glossary of a page has the terms that the page links to, and no others", () => {
  const page = `${term("recall", "en", "recall").text}${term("f1", "en").text}`;
  expect([...glossary(page, "en")!.text.matchAll(/<dt id="term-([^"]+)">/g)].map(([, id]) => id)).toEqual([
    "f1",
    "recall",
  ]);
  expect(glossary("<p>no term</p>", "en")).toBeUndefined();
});
