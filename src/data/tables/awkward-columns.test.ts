// Columns as spreadsheets and scripts write them: read rightly, or named with the cure.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../../test/support/pictures.js";
import { nodePlatform } from "../../platform/node.js";
import { isMissing, numberOf } from "../column.js";
import { openTexts } from "../texts/index.js";
import { type OpenTableOptions, openTable } from "./open-table.js";

/** Rows of a table that can be learnt: x differs from row to row, the label follows it. */
const rows = (header: string, cellsOf: (i: number) => string, separator = ",", n = 60): string =>
  `${header}\n${Array.from({ length: n }, (_, i) => [cellsOf(i), (i * 7919) % 9973, i % 2 ? "no" : "yes"].join(separator)).join("\n")}\n`;

const opened = (text: string, options: OpenTableOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, { "d.csv": text });
    const { columns, facts, warnings, classes, items, skipped } = await openTable(
      join(folder, "d.csv"),
      options,
    );
    return {
      numbers: columns.filter(({ kind }) => kind === "number").map(({ name }) => name),
      unused: facts.unused.map(({ name, why }) => `${name}: ${why}`),
      warnings: warnings.filter(({ code }) => code !== "columns_left_out").map(({ message }) => message),
      ...{ classes, items, skipped },
    };
  });

const counts = "it only numbers the rows";
test.each([
  ["the index of pandas", "", (i: number) => `${i}`],
  ["an index from 1", "nr", (i: number) => `${i + 1}`],
  ["a saved index of a saved table", "Unnamed: 0", (i: number) => `${(i * 13) % 60}`],
  ["shuffled ids", "id", (i: number) => `${((i * 37) % 60) + 1000}`],
  ["Kaggle's PassengerId", "PassengerId", (i: number) => `${892 + i}`],
  ["an index written as fractions", "row_id", (i: number) => `${i}.0`],
])("%s is left out and named", async (_, name, cellOf) => {
  const { numbers, unused } = await opened(rows(`${name},x,label`, cellOf));
  expect(numbers).toEqual(["x"]);
  expect(unused).toEqual([`${name}: ${counts}`]);
});

test.each([
  ["years", "year", (i: number) => `${1960 + i}`],
  ["a measurement that happens to be different in each row", "width", (i: number) => `${(i * 37) % 601}`],
  ["ids that repeat", "shop_id", (i: number) => `${i % 5}`],
  ["days from 1 on, in the order of the rows", "day", (i: number) => `${i + 1}`],
  ["doses", "dose", (i: number) => `${i}`],
  ["batches with some rows each", "batch_id", (i: number) => `${100 + (i % 30)}`],
])("%s stay an input", async (_, name, cellOf) => {
  const { numbers, unused } = await opened(rows(`${name},x,label`, cellOf));
  expect(numbers).toEqual([name, "x"]);
  expect(unused).toEqual([]);
});

test("a row number that begins again in each file of a folder is left out, too", () =>
  inFolder(async (folder) => {
    const part = (n: number) => rows(",x,label", (i) => `${i}`, ",", n);
    await writeTree(folder, { "d/train.csv": part(60), "d/test.csv": part(20) });
    const { facts } = await openTable(join(folder, "d"));
    expect(facts.unused.map(({ name, why }) => [name, why])).toEqual([["", counts]]);
  }));

const noNumbers = (n: number, ...cells: readonly string[]): string =>
  `${n} values of "a" are no numbers and taken as missing: ${cells.map((cell) => `"${cell}"`).join(", ")}`;
test.each([
  [
    "inf among numbers",
    (i: number) => (i % 6 ? `${i}.5` : i % 12 ? "inf" : "-inf"),
    noNumbers(10, "-inf", "inf"),
  ],
  ["dashes", (i: number) => (i % 4 ? `${i}.5` : "-"), noNumbers(15, "-")],
  ["errors of a spreadsheet", (i: number) => (i % 10 ? `${i}.5` : "#DIV/0!"), noNumbers(6, "#DIV/0!")],
  ["unknown", (i: number) => (i % 3 ? `${i}.5` : "unknown"), noNumbers(20, "unknown")],
  [
    "a stray word",
    (i: number) => (i === 7 ? "see note" : `${i}.5`),
    '1 value of "a" is no number and taken as missing: "see note"',
  ],
])("%s: the column stays one of numbers, and the cells are named", async (_, cellOf, warning) => {
  const { numbers, warnings } = await opened(rows("a,x,label", cellOf));
  expect(numbers).toEqual(["a", "x"]);
  expect(warnings).toEqual([warning]);
});

test("signs of percent and of currencies belong to numbers", async () => {
  expect(
    ["2.5%", "2.5 %", "-3 %", "$12.50", "€ 7", "12 €", "-$4", "£1e3", "USD 5", "12.5 eur"].map(numberOf),
  ).toEqual([...[2.5, 2.5, -3, 12.5, 7, 12, -4, 1000], 5, 12.5]);
  expect(
    ["%", "$", "5 kg", "5 % of 3", "12 € VAT", "5 ABC", "EUR", "1,5 %", "--", "0x10"].map(numberOf),
  ).toEqual(Array.from({ length: 10 }, () => undefined));
  const { numbers, warnings } = await opened(rows("share,x,label", (i) => `${i / 4} %`));
  expect([numbers, warnings]).toEqual([["share", "x"], []]);
  const mixed = await opened(rows("share,x,label", (i) => (i % 20 ? `0.${i}` : `${i} %`)));
  expect(mixed.warnings).toEqual([
    '3 values of "share" have a sign of percent, and others have none: "0 %", "20 %", "40 %" is read without the sign',
  ]);
});

test("codes that a spreadsheet took for numbers are left out, with one of them", async () => {
  const { numbers, unused } = await opened(rows("hash,x,label", (i) => `${i + 11}E${(i * 31) % 300}`));
  expect(numbers).toEqual(["x"]);
  expect(unused).toEqual([expect.stringMatching(/^hash: \d+E29\d is too large for a measurement: a code/)]);
});

test("dots that separate thousands: read between semicolons, named between commas", async () => {
  const area = (i: number) => (i % 3 ? `${i + 100}` : `${i + 1}.${200 + i}`);
  const german = await opened(rows("area;x;label", area, ";"));
  expect(german.warnings).toEqual(['dots separate thousands in "area": "1.200" is read as 1200']);
  expect(german.items.find(({ id }) => id === "line 2")!.cells).toEqual(["1200", "0"]);
  const unclear = await opened(rows("area,x,label", area));
  expect(unclear.warnings).toEqual([
    'dots in "area" may separate thousands: "1.200" is read as 1.200, not as 1200; write the values without dots if it should be',
  ]);
  // Three decimals everywhere: measurements, unless semicolons separate values; fewer in some: measurements.
  const three = (i: number) => `${i + 1}.125`;
  expect((await opened(rows("area,x,label", three))).warnings).toEqual([]);
  expect((await opened(rows("area;x;label", three, ";"))).warnings).toEqual([
    'dots in "area" may separate thousands: "1.125" is read as 1.125, not as 1125; write the values without dots if it should be',
  ]);
  const fewer = (i: number) => (i % 3 ? `${i}` : `${i + 1}.${i % 2 ? 125 : 5}`);
  expect((await opened(rows("area;x;label", fewer, ";"))).warnings).toEqual([]);
  // Decimal commas in another column leave dots one meaning.
  const commas = rows("area;x;label", three, ";").replace(/;(\d+);/g, ";$1,5;");
  expect((await opened(commas)).warnings[0]).toBe(
    'dots separate thousands in "area": "1.125" is read as 1125',
  );
});

const numbersOnly = (header: string) =>
  `${header}\n${Array.from({ length: 40 }, (_, i) =>
    header
      .split(",")
      .map((_, k) => ((i * 7 + k * 3) % 11) + 0.5)
      .join(","),
  ).join("\n")}\n`;
test.each(["0.5,1.25,3.7", "6,148,72", "-1,0,1", "3,2,1", "5.1,3.5"])(
  "a first line of data is refused: %s",
  async (header) => {
    await expect(opened(numbersOnly(header))).rejects.toMatchObject({
      kind: "DataError",
      message: `"d.csv", line 1 looks like data, not like names of columns: "${header}"`,
    });
  },
);
test.each(["0,1,2,3", "2019,2020,2021", "400,410,420"])(
  "numbers in equal steps are names of columns: %s",
  async (header) => {
    const names = header.split(",");
    const { numbers } = await opened(numbersOnly(header), { targets: names.slice(-1) });
    expect(numbers).toEqual(names.slice(0, -1));
  },
);

test.each([
  [["yes", "Yes", "no"], 'upper and lower case: "Yes", "yes"'],
  [["New York", "new  york", "Rome"], 'upper and lower case, or spaces: "New York", "new  york"'],
  [["0", "0.0", "1"], 'the way a number is written: "0", "0.0"'],
  [["1.50", "1.5", "2"], 'the way a number is written: "1.5", "1.50"'],
])("classes that are one in another spelling are refused: %j", async (labels, differ) => {
  const text = `a,x,label\n${Array.from({ length: 60 }, (_, i) => `${i % 9},${(i * 7919) % 97},${labels[i % 3]}`).join("\n")}`;
  await expect(opened(text, { task: "tabular-classification" })).rejects.toMatchObject({
    message: `two class names differ only by ${differ}`,
  });
});

const labelled = (labelOf: (i: number) => string) =>
  `a,x,label\n${Array.from({ length: 120 }, (_, i) => `${(i * 7) % 11},${(i * 7919) % 97},${labelOf(i)}`).join("\n")}`;
test("a word for a missing label is a class if it is frequent, or a code among codes; it is always named", async () => {
  const isCalled = (name: string) =>
    `a class is called "${name}", which usually means that there is no label: if so, leave the field empty`;
  const namibia = await opened(labelled((i) => (i % 20 === 0 ? "NA" : i % 2 ? "BW" : "ZA")));
  expect([namibia.classes, namibia.warnings]).toEqual([["BW", "NA", "ZA"], [isCalled("NA")]]);
  const frequent = await opened(labelled((i) => ["low", "high", "null"][i % 3]!));
  expect([frequent.classes, frequent.warnings]).toEqual([["high", "low", "null"], [isCalled("null")]]);
  const missing = await opened(labelled((i) => (i % 20 === 0 ? "NA" : i % 2 ? "low" : "high")));
  expect(missing.classes).toEqual(["high", "low"]);
  expect(missing.skipped).toHaveLength(6);
  expect(missing.warnings).toEqual([
    '6 rows left out, since the label is "NA", which usually means that there is none: if it is a class, give it another name',
  ]);
  // An empty field says nothing, and is no class.
  const empty = await opened(labelled((i) => (i % 20 === 0 ? "" : i % 2 ? "low" : "high")));
  expect([empty.classes, empty.warnings, isMissing("")]).toEqual([["high", "low"], [], true]);
});

test("equal texts and equal rows with different labels are named", () =>
  inFolder(async (folder) => {
    // The last six repeat the first ones, four of them with the other label.
    const of = (i: number) => ({
      n: i % 54,
      label: i < 54 ? i % 2 : Number(i < 58) - (i % 2) * (i < 58 ? 1 : -1),
    });
    const lines = (cell: (n: number) => string) =>
      Array.from({ length: 60 }, (_, i) => `${cell(of(i).n)},${of(i).label ? "x" : "y"}\n`).join("");
    await writeTree(folder, {
      "texts.csv": `text,label\n${lines((n) => `the meal number ${n} was here`)}`,
      "rows.csv": `a,label\n${lines((n) => `${(n * 37) % 101}.5`)}`,
    });
    const { warnings, items } = await openTexts(nodePlatform, join(folder, "texts.csv"), { labelled: true });
    // Two repeat their label and are left out. The four contradictions stay, in the split of the other label.
    expect(items).toHaveLength(58);
    const partsOf = (n: number) =>
      items.filter(({ text }) => text.includes(`number ${n} `)).map((one) => one.part);
    for (let n = 0; n < 4; n++) expect(partsOf(n)).toEqual([partsOf(n)[0], partsOf(n)[0]]);
    expect(warnings.map(({ code }) => code)).toEqual(["copies_with_other_labels", "exact_duplicates"]);
    expect(warnings.map(({ message }) => message).slice(0, 1)).toEqual([
      '4 texts are in "x" and in "y", such as "texts.csv, line 56" and "texts.csv, line 2". Which is right? Keep one of them',
    ]);
    expect((await openTable(join(folder, "rows.csv"))).warnings.map(({ message }) => message)).toEqual([
      '4 rows are in "x" and in "y", such as "line 56" and "line 2". Which is right? Keep one of them',
    ]);
  }));

test("many equal rows stay on one side, unless their few values explain them or one row is too frequent", () =>
  inFolder(async (folder) => {
    const opened = async (cellsOf: (i: number) => readonly (string | number)[]) => {
      const lines = Array.from({ length: 240 }, (_, i) => [...cellsOf(i), i % 3 === 0 ? "x" : "y"].join(","));
      await writeTree(folder, { "many.csv": `a,b,c,label\n${lines.join("\n")}\n` });
      const { items, warnings } = await openTable(join(folder, "many.csv"));
      const partsOf = new Map<string, Set<string>>();
      for (const { cells, part } of items) {
        const key = cells.join();
        partsOf.set(key, (partsOf.get(key) ?? new Set()).add(part));
      }
      const divided = [...partsOf.values()].filter(({ size }) => size > 1).length;
      return { divided, codes: warnings.map(({ code }) => code) };
    };
    // 80 things, three times each: the numbers do not repeat by chance.
    const decimals = (i: number) => [((i * 37) % 101) + 0.5, ((i * 53) % 97) + 0.25, ((i * 29) % 89) + 0.1];
    const copied = await opened((i) => decimals(i % 80));
    expect(copied.divided).toBe(0);
    expect(copied.codes).not.toContain("equal_rows");
    // 24 combinations of few values.
    const few = await opened((i) => [
      i % 2 ? "m" : "f",
      ["low", "mid", "high"][(i * 7) % 3]!,
      ["n", "e", "s", "w"][(i >> 1) % 4]!,
    ]);
    expect(few.codes).toContain("equal_rows");
    expect(few.divided).toBeGreaterThan(0);
    // Ten towns, whose columns follow from each other.
    const towns = await opened((i) => [`t${i % 10}`, `p${(i % 10) * 7}`, `c${i % 10}`]);
    expect(towns.codes).toContain("equal_rows");
    // A third of the rows is one row.
    const frequent = await opened((i) => decimals(i % 3 === 0 ? 0 : i));
    expect(frequent.codes).toContain("equal_rows");
  }));

test("a column that stands twice in the first line is refused before its values are lost", () =>
  inFolder(async (folder) => {
    await writeTree(folder, { "d.csv": `text,label,label\n${"a b,x,y\nc d,y,x\n".repeat(9)}` });
    await expect(openTexts(nodePlatform, join(folder, "d.csv"), { labelled: true })).rejects.toMatchObject({
      message: '"d.csv", line 1 has the column "label" twice',
    });
  }));

test.each([";", ",", "\t", "|"])("Excel's line sep=%s states the separator", async (sign) => {
  const { numbers, items } = await opened(
    `sep=${sign}\r\n${rows(["a", "x", "label"].join(sign), (i) => `${i}.5`, sign)}`,
  );
  expect(numbers).toEqual(["a", "x"]);
  expect(items.map(({ id }) => id)).toContain("line 3");
});

test.each([
  ["a copy of the class", (i: number) => (i % 2 ? "n" : "y"), "100"],
  ["a copy with one other row", (i: number) => (i % 2 || i === 100 ? "n" : "y"), "99"],
  ["a number above a threshold for one class", (i: number) => `${i % 2 ? i : 1000 + i}.5`, "100"],
])("%s: a warning, with the option that leaves it out", async (_, cellOf, share) => {
  const { warnings } = await opened(rows("result,x,label", cellOf, ",", 400));
  expect(warnings).toEqual([
    expect.stringMatching(
      `^"result" alone tells ${share}[.\\d]* % of "label": is it known before the answer is\\? --ignore leaves it out$`,
    ),
  ]);
});
test.each([
  ["$12,525.60", 12_525.6],
  ["12,525.60 $", 12_525.6],
  ["12,525,600", 12_525_600],
  ["18.134.063", 18_134_063],
  ["-1.234.567,5 €", -1_234_567.5],
  ["12,525", undefined],
  ["1.5.5", undefined],
])("thousands that can be nothing else are read: %s", (text, value) => {
  expect(numberOf(text)).toBe(value);
});
test("a target of numbers with a few cells for none stays one of numbers", async () => {
  const table = `a,price\n${Array.from({ length: 90 }, (_, i) => `${(i * 37) % 61},${i % 30 ? (i * 7919) % 97 : "-"}`).join("\n")}`;
  const { classes, skipped } = await opened(table);
  expect([classes, skipped.length]).toEqual([[], 3]);
});

test("a copy of a number is named, and a column that only helps is not", async () => {
  const table = (cellOf: (i: number, y: number) => string) =>
    `a,x,price\n${Array.from({ length: 200 }, (_, i) => [cellOf(i, ((i * 7919) % 97) + 0.25), i % 9, ((i * 7919) % 97) + 0.25].join(",")).join("\n")}`;
  expect(
    (
      await opened(
        table((_, y) => `${2 * y + 1}`),
        { targets: ["price"] },
      )
    ).warnings,
  ).toEqual([expect.stringMatching(/^"a" .* 100 % of "price"/)]);
  expect(
    (
      await opened(
        table((i, y) => `${y + 5 * Math.sin(i)}`),
        { targets: ["price"] },
      )
    ).warnings,
  ).toEqual([]);
  expect(
    (await opened(rows("a,x,label", (i) => (i % 2 || i % 20 === 0 ? "n" : "y"), ",", 400))).warnings,
  ).toEqual([]);
});

test.each([
  ["client", (i: number) => ["Chrome", "Firefox", "Safari"][i % 3]! + "abcd"[i % 4]!],
  ["subject", (i: number) => ["math", "art", "music"][i % 3]! + "abcd"[i % 4]!],
])("a column %s of words is a category", async (name, cellOf) => {
  const { items, unused } = await opened(rows(`${name},x,label`, cellOf, ",", 120));
  expect([items.every(({ group }) => group === undefined), unused]).toEqual([true, []]);
});

const visits = (name: string, patients: number) =>
  rows(`${name},x,label`, (i) => `p${i % patients}`, ",", 120);
test.each(["patient", "Patient_ID", "user", "session_id", "SubjectId"])(
  "rows of one %s stay in one split, and the column is no input",
  async (name) => {
    const { items, unused, warnings } = await opened(visits(name, 20));
    expect(unused).toEqual([`${name}: it holds the group of a row`]);
    expect(warnings).toEqual([
      `rows of one "${name}" stay in one split (20 groups), and the column is no input; --categories makes it one`,
    ]);
    const parts = new Map<string, Set<string>>();
    for (const { group, part } of items) parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
    expect([...parts.values()].every((its) => its.size === 1)).toBe(true);
  },
);
test("a column of few, of different, or of requested values gives no groups", async () => {
  for (const one of [
    opened(visits("patient", 4)),
    opened(visits("shop", 20)),
    opened(visits("user", 20), { categories: ["user"] }),
  ])
    expect((await one).items.every(({ group }) => group === undefined)).toBe(true);
});

test("numbers as accounts and typesetters write them", () => {
  const written = [
    "\u22125",
    "(5.00)",
    "($1,250.50)",
    "12'525.60",
    "12\u2019525",
    "1\u00a0234",
    "12 525,60",
    "-1\u202f234.5",
  ];
  expect(written.map(numberOf)).toEqual([-5, -5, -1250.5, 12525.6, 12525, 1234, 12525.6, -1234.5]);
  expect(["555 123", "(a)", "()", "(-5)", "1'23", "12 5,5", "1 234'567"].map(numberOf)).toEqual(
    Array.from({ length: 7 }, () => undefined),
  );
});

test("amounts in several currencies are named", async () => {
  const { warnings, numbers } = await opened(
    rows("amount,x,label", (i) => `${i % 2 ? "$" : "€"}${i * 13}.50`),
  );
  expect(numbers).toEqual(["amount", "x"]);
  expect(warnings).toContain(
    '"amount" has several currencies, $ €, which are compared as one: convert them, or --ignore leaves it out',
  );
});

test.each([
  [
    "a title above the names",
    "Report,,\na,b,c\n1,2,3\n",
    'names 1 of 3 columns: "Report,,"',
    "remove what stands above",
  ],
  [
    "a separator behind each line",
    "a,b,c\n1,2,3,\n",
    "another number of values than the header: 4",
    "remove the separator at the end",
  ],
])("%s is refused with the cure", async (_, text, message, help) => {
  const error = await opened(text).catch((one) => one);
  expect([error.message, error.help]).toEqual([
    expect.stringContaining(message),
    expect.stringContaining(help),
  ]);
});
