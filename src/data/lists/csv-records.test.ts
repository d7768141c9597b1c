import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { csvRecords, type Text, UnclosedQuote } from "./csv-records.js";

const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/csv.json", import.meta.url), "utf8"),
) as readonly {
  readonly text: string;
  readonly standard: string[][] | null;
  readonly none: string[][];
}[];

/** Rows without blank ones; null where a quote is never closed. */
function read(text: string, quotes: boolean): (readonly string[])[] | null {
  try {
    const rows = [...csvRecords(text, ",", quotes)].map(({ values }) => values);
    return rows.filter((row) => row.length > 1 || row[0] !== "");
  } catch (error) {
    if (error instanceof UnclosedQuote) return null;
    throw error;
  }
}

/** All facts of the records, and the place of an unclosed quote. */
function recordsOf(text: Text, quotes = true): unknown[] {
  const records: unknown[] = [];
  try {
    for (const record of csvRecords(text, ",", quotes)) records.push(record);
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    records.push([error.line, error.column]);
  }
  return records;
}

test("records equal those of Python's csv module, with and without quotes", () => {
  expect(golden.length).toBeGreaterThan(350);
  for (const { text, standard, none } of golden) {
    expect(read(text, true), JSON.stringify(text)).toEqual(standard);
    expect(read(text, false), JSON.stringify(text)).toEqual(none);
  }
});

test("records do not depend on where the text is divided into pieces", () => {
  for (const { text } of golden)
    for (const size of [1, 2, 3]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      for (const quotes of [true, false])
        expect(recordsOf(pieces, quotes), JSON.stringify(pieces)).toEqual(recordsOf(text, quotes));
    }
  const marked = ["\ufeff", "a,b\r", "\n", "1,\ufeff2"];
  expect(recordsOf(marked)).toEqual(recordsOf(marked.join("")));
});

test("a record has its first line, and the line where a multi-line value opened", () => {
  const lines = [...csvRecords('a,b\n\nc,"d\r\ne"\nf,"g"', ",")];
  expect(lines.map(({ line, spanFrom }) => [line, spanFrom])).toEqual([
    [1, undefined],
    [3, 3],
    [5, undefined],
  ]);
});

test("reports the place of an unclosed quote", () => {
  try {
    for (const _ of csvRecords('a,b\n"c\nd",e\nf,"g\nh\ni', ","));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(UnclosedQuote);
    expect(error).toMatchObject({ line: 4, column: 2 });
  }
});
