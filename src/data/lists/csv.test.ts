import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { type CsvOptions, readCsv, separatorOf } from "./csv.js";

const rows = (text: string, name = "q.csv", options: CsvOptions = {}) => {
  const { columns, rows, warnings } = readCsv(text, name, name.endsWith(".tsv"), options);
  return { values: rows.map(({ values }) => columns.map((column) => values[column])), warnings };
};
const refused = (text: string, name = "q.csv"): string => {
  try {
    rows(text, name);
  } catch (error) {
    return (error as EngraftError).format();
  }
  throw new Error("nothing was refused");
};

test("takes the most frequent separator of the first line, outside quotes", () => {
  expect(separatorOf('"a;b;c",d')).toBe(",");
  expect(separatorOf("a;b,c;d")).toBe(";");
  // The first line may be in several pieces.
  expect(separatorOf(["a,b", ";c;d", "\n1,2,3,4"])).toBe(";");
});

test("a quarter of a million columns take time in proportion, and one that stands twice is found among them", () => {
  const columns = Array.from({ length: 250_000 }, (_, i) => i.toString(36));
  const line = columns.map(() => "1").join(",");
  // Compared one by one, they are 31 billion pairs.
  expect(rows(`${columns.join(",")}\n${line}\n`).values[0]).toHaveLength(columns.length);
  const twice = [...columns.slice(0, -1), "a"].join(",");
  expect(refused(`${twice}\n${line}\n`)).toMatch(/line 1 has the column "a" twice/);
});

// The readings of pandas and of Python's csv module.
test("quotes inside unquoted values are text, in CSV and in TSV", () => {
  const lines = [
    [`如果是"蔡陆线"的话`, `x ""y"" z`],
    ["a", "b"],
  ];
  for (const [name, sign] of [
    ["q.csv", ","],
    ["q.tsv", "\t"],
  ] as const) {
    const text = ["text", "label"].join(sign);
    const read = rows([text, ...lines.map((line) => line.join(sign))].join("\n"), name);
    expect(read).toEqual({ values: lines, warnings: undefined });
  }
});

test("text behind a closing quote belongs to the value, without the quotes", () => {
  expect(rows('text,label\n"x" y,1\n').values).toEqual([["x y", "1"]]);
});

test("a value in quotes holds separators, quotes and line breaks", () => {
  expect(rows('text,label\n"a, ""b"", or\nc",1\nd,2\n').values).toEqual([
    ['a, "b", or\nc', "1"],
    ["d", "2"],
  ]);
  expect(rows('text\n"a\nb"\nc\n').values).toEqual([["a\nb"], ["c"]]);
});

// A line of GLUE's: the value begins with a quote, and a later one has a quote where it could close.
const glue = (sign: string): string =>
  [`text${sign}label`, `" and a man${sign}1`, `b${sign}0`, `he said ""${sign}1`, `c${sign}0`].join("\n");

test("refuses a CSV with ambiguous quotes and names both numbers of rows", () => {
  const text = 'text,label\n" and a man,1\nb,0\nhe said ",1\nc,0\n';
  expect(refused(text)).toBe(
    `DataError: "q.csv", line 2 opens a quote that encloses line breaks, and each line by itself has the header's number of values, too: 2 rows if quotes enclose values, 4 if they are text\n  help: say which it is: --quotes standard or --quotes none (train, compare, eval, predict, adapt); or save the file with every value in quotes`,
  );
  expect(rows(text, "q.csv", { quotes: "none" }).values[0]).toEqual(['" and a man', "1"]);
  expect(rows(text, "q.csv", { quotes: "standard" }).values).toEqual([
    [" and a man,1\nb,0\nhe said".trim(), "1"],
    ["c", "0"],
  ]);
});

test("reads ambiguous quotes in a TSV as text, with a warning", () => {
  const { values, warnings } = rows(glue("\t"), "q.tsv");
  expect(values).toEqual([
    ['" and a man', "1"],
    ["b", "0"],
    ['he said ""', "1"],
    ["c", "0"],
  ]);
  expect(warnings).toMatchObject([
    {
      code: "quotes_as_text",
      message:
        '"q.tsv": quotes are taken as text, since they do not enclose whole values in every line; --quotes standard reads them as enclosing',
    },
  ]);
});

test("a TSV that a spreadsheet wrote keeps its quoted values", () => {
  const { values, warnings } = rows('text\tlabel\n"he said ""no""\tto it"\tx\n"b"\ty\n', "s.tsv");
  expect(values).toEqual([
    ['he said "no"\tto it', "x"],
    ["b", "y"],
  ]);
  expect(warnings).toBeUndefined();
});

test("an error names the line where the quote opened", () => {
  expect(refused('text,label\na,1\n"b,0\nc,1\n')).toBe(
    'DataError: "q.csv", line 3 opens a quote that is never closed (column 1)\n  help: close it, or write "" for a quote inside; if quotes are part of the values, give --quotes none',
  );
  expect(refused('text,label\na,1\n"b,0\nc,1\nd "e",f,0\n')).toBe(
    'DataError: "q.csv", line 3 opens a quote whose record has another number of values than the header: 3\n  help: close the quote, or write "" for a quote inside',
  );
  expect(refused("text,label\na,b,1\n")).toBe(
    'DataError: "q.csv", line 2 has another number of values than the header: 3\n  help: quote values that contain the separator',
  );
});

test("reads a value of 100,000 characters and refuses one of some millions", () => {
  const long = "x".repeat(100_000);
  expect(rows(`text,label\n${long},1\n`).values).toEqual([[long, "1"]]);
  expect(refused(`text,label\n${"x".repeat(5_000_000)},1\n`)).toContain(
    "line 2 is longer than 4,194,304 characters",
  );
});

test("limits the number of rows and passes them one by one", () => {
  expect(rows("a,b\n1,2\n3,4\n", "q.csv", { most: 1 }).values).toEqual([["1", "2"]]);
  const taken: unknown[] = [];
  const each = () => (row: { readonly values: unknown }) => void taken.push(row.values);
  expect(rows("a,b\n1,2\n", "q.csv", { each }).values).toEqual([]);
  expect(taken).toEqual([{ a: "1", b: "2" }]);
  expect(() => rows("", "q.csv")).toThrow(EngraftError);
});
