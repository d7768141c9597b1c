// Columns that could be classes or numbers.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { type InspectDataOptions, inspectData } from "./inspect-data.js";

const inspected = (rows: readonly string[], options: InspectDataOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, { "d.csv": `${rows.join("\n")}\n` });
    return inspectData(join(folder, "d.csv"), { target: "size", ...options });
  });
const rows = (n: number, target: (i: number) => string | number) => [
  "a,b,size",
  ...Array.from({ length: n }, (_, i) => `${(i * 37) % 101},${(i * 53) % 97},${target(i)}`),
];
const amount = (i: number): string => `${((i * 7919) % 9973) / 10}`;

test("a target of numbers with a few other cells stays one, and their rows are left out and named", async () => {
  for (const word of ["sold", "see note", "n/a?"]) {
    const found = await inspected(rows(200, (i) => (i % 50 === 49 ? word : amount(i))));
    expect(found.task).toBe("tabular-regression");
    expect(found.skipped).toHaveLength(4);
    expect(found.skipped[0]).toEqual({ item: "line 51", reason: `"size" is "${word}", no number` });
  }
});

test.each([
  ["limits of detection", (i: number) => (i % 5 === 0 ? "<5" : amount(i)), 160, 40, "<5", 2],
  ["words in half the cells", (i: number) => (i % 2 ? `about ${i}` : amount(i)), 100, 100, "about 1", 3],
])(
  "a target that could be classes or numbers is refused with the first cell that decides: %s",
  async (_, target, numbers, others, first, line) => {
    const data = rows(200, target);
    await expect(inspected(data)).rejects.toMatchObject({
      kind: "DataError",
      message: `"d.csv" has ${numbers} numbers in "size", and ${others} other values: the first is ${JSON.stringify(first)} in line ${line}`,
      help: "correct them, or remove their rows; --task tabular-classification takes every value for a class",
    });
  },
);

test("codes with a few words are classes", async () => {
  const found = await inspected(rows(200, (i) => (i % 4 === 3 ? "none" : (i % 12) + 1)));
  expect([found.task, found.classes!.length]).toEqual(["tabular-classification", 10]);
});

test("whole numbers that may be amounts are classes, and a warning names the task that learns them as numbers", async () => {
  const warned = async (target: (i: number) => number) =>
    (await inspected(rows(200, target))).warnings.filter(({ code }) => code === "amounts_as_classes");
  expect(await warned((i) => 20 + ((i * 7) % 19))).toMatchObject([
    {
      code: "amounts_as_classes",
      message:
        "19 whole numbers from 20 to 38 are taken for classes: --task tabular-regression learns them as numbers",
    },
  ]);
  // Ids of classes begin at 0 or 1, and codes have gaps.
  for (const ids of [(i: number) => i % 10, (i: number) => (i % 12) + 1, (i: number) => 100 * (2 + (i % 9))])
    expect(await warned(ids)).toEqual([]);
});

test("a row at the end that sums up others is named", async () => {
  const total = (await inspected([...rows(100, amount), "Total,,498500"])).warnings;
  expect(total.find(({ code }) => code === "row_of_sums")!.message).toBe(
    'line 102 says "Total": if it sums up other rows, remove it; it counts as a row like the others',
  );
  // A category of that name is no sum.
  const category = [
    "kind,a,size",
    ...rows(100, amount)
      .slice(1)
      .map((row, i) => (i % 3 ? `part,${row}` : `total,${row}`)),
  ];
  const table = category.map((row) =>
    row
      .split(",")
      .filter((_, i) => i !== 2)
      .join(","),
  );
  expect(
    (await inspected(["kind,a,size", ...table.slice(1)])).warnings.map(({ code }) => code),
  ).not.toContain("row_of_sums");
});

test("classes that are one number in two forms are refused", async () => {
  await expect(inspected(rows(120, (i) => ["01", "1", "2"][i % 3]!))).rejects.toThrow(
    expect.objectContaining({ details: { classes: ["01", "1"] } }),
  );
});
