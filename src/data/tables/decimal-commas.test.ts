import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../../test/support/pictures.js";
import { readCsv } from "../lists/csv.js";
import { inKnownForms, type NumberForms, withDecimalPoints } from "./decimal-commas.js";
import { openTable } from "./open-table.js";

const read = (text: string) => {
  const { rows, warnings = [] } = withDecimalPoints({ name: "a.csv", ...readCsv(text, "a.csv", false) });
  return { values: rows.map(({ values }) => values.price), warnings: warnings.map(({ message }) => message) };
};

// What pandas reads with decimal="," and thousands=".".
test("reads decimal commas, with a warning", () => {
  expect(read("side;price\nn;1.234,56\ns;-7,5\nn;\ns;12\nn;1.000\n")).toEqual({
    values: ["1234.56", "-7.5", "", "12", "1000"],
    warnings: ['commas are decimal ones in "price": "1.234,56" is read as 1234.56'],
  });
  expect(read('side,price\nn,"12,50"\ns,"1,5"\n').values).toEqual(["12.50", "1.5"]);
  // Three digits behind each comma: with semicolons between values still decimal ones.
  expect(read("side;price\nn;1,234\ns;5,678\n").values).toEqual(["1.234", "5.678"]);
});

test("keeps commas that may separate thousands, with a warning", () => {
  expect(read('side,price\nn,"1,234"\ns,"5,678"\n')).toEqual({
    values: ["1,234", "5,678"],
    warnings: [
      'commas in "price" may be decimal ones or separate thousands ("1,234"): the values are taken as text; write them with a point, or without a comma',
    ],
  });
});

test("keeps columns of texts unchanged", () => {
  for (const text of [
    "side;price\nn;1,5\ns;1.5\n",
    "side;price\nn;a,b\ns;1,5\n",
    "side;price\nn;1.5\ns;2.5\n",
  ])
    expect(read(text).warnings).toEqual([]);
});

test("a column of German prices is a numeric target", async () => {
  await inFolder(async (folder) => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7};${String(i * 1.25).replace(".", ",")}`);
    await writeTree(folder, { "preise.csv": `zimmer;preis\n${rows.join("\n")}` });
    const data = await openTable(join(folder, "preise.csv"));
    expect(data.task).toBe("tabular-regression");
    expect(data.items.map(({ values }) => values[0])).toContain(73.75);
    expect(data.warnings.map(({ code }) => code)).toContain("decimal_commas");
  });
});

test.each<[string, readonly unknown[], NumberForms, readonly unknown[]]>([
  ["dots of thousands", ["1.234", "567"], { price: "dots" }, ["1234", "567"]],
  ["one value is enough", ["1.234"], { price: "dots" }, ["1234"]],
  ["a file with decimal points", ["1.234", "12.5"], { price: "dots" }, ["1.234", "12.5"]],
  ["decimal commas", ["1.234", "7,5", "NA"], { price: "commas" }, ["1234", "7.5", "NA"]],
  ["a file with points instead of commas", ["3.5", "12"], { price: "commas" }, ["3.5", "12"]],
  ["numbers that are no texts", [1.234, null], { price: "dots" }, [1.234, null]],
  ["points, although the separator is a semicolon", ["1.234", "567"], {}, ["1.234", "567"]],
  ["commas that can only be decimal", ["3,5", "12"], {}, ["3.5", "12"]],
  ["commas that may separate thousands", ["1,234"], {}, ["1,234"]],
])("rows for a model are read as its training table was: %s", (_, given, forms, expected) => {
  const rows = given.map((price) => ({ price, side: "n" }));
  expect(inKnownForms(rows, ["price"], forms).map(({ price }) => price)).toEqual(expected);
});
