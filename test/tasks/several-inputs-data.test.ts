// Rows with several inputs before training: splits, copies, and what is found in their columns.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type OpenTableOptions, openTable } from "../../src/data/tables/open-table.js";

const root = mkdtempSync(join(tmpdir(), "engraft-several-inputs-data-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes a list, and files of pictures with some content. */
function list(
  header: string,
  rows: readonly string[],
  pictures: Readonly<Record<string, string>> = {},
): string {
  for (const [file, content] of Object.entries(pictures)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  writeFileSync(join(root, "list.csv"), `${[header, ...rows].join("\n")}\n`);
  return join(root, "list.csv");
}
const opened = (path: string, options: OpenTableOptions = {}) =>
  openTable(path, { task: "tabular-classification", inputs: [], seed: 0, ...options });
const each = <T>(n: number, value: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => value(i));
/** Pictures by their number. Their content is not decoded. */
const pictures = (n: number) => Object.fromEntries(each(n, (i) => [`p/${i}.png`, `picture ${i}`]));

/** Splits that each value occurs in. */
function splitsOf(items: readonly { readonly part: string }[], value: (i: number) => string): number[] {
  const splits = new Map<string, Set<string>>();
  for (const [i, { part }] of items.entries())
    splits.set(value(i), (splits.get(value(i)) ?? new Set()).add(part));
  return [...splits.values()].map(({ size }) => size);
}

test("rows with an equal picture, or an equal text, are in one split", async () => {
  const text = (i: number) => `the text with the number ${i} is here`;
  // Under two names, each picture has 4 rows.
  const names = (i: number) => `p/${i % 2 ? "" : "again-"}${Math.floor(i / 4)}.png`;
  const files = {
    ...pictures(40),
    ...Object.fromEntries(each(40, (i) => [`p/again-${i}.png`, `picture ${i}`])),
  };
  const byPicture = await opened(
    list(
      "image,text,label",
      each(160, (i) => `${names(i)},${text(i)},${i % 3 ? "yes" : "no"}`),
      files,
    ),
  );
  expect(splitsOf(byPicture.items, (i) => String(Math.floor(i / 4)))).toEqual(each(40, () => 1));
  expect(new Set(byPicture.items.map(({ part }) => part)).size).toBe(3);
  expect(byPicture.duplicates).toEqual({ exact: 0, near: 120, acrossParts: 0 });
  const byText = await opened(
    list(
      "image,text,label",
      each(160, (i) => `p/${i}.png,${i % 8 === 0 ? "" : text(i >> 2)},${i % 3 ? "yes" : "no"}`),
      pictures(160),
    ),
  );
  const ofText = splitsOf(byText.items, (i) => (i % 8 === 0 ? `empty ${i}` : String(i >> 2)));
  expect(new Set(ofText)).toEqual(new Set([1]));
  expect(byText.warnings).toEqual([]);
});

test("a few texts that all rows have do not decide the split, and a warning says so", async () => {
  const { warnings, duplicates } = await opened(
    list(
      "image,text,label",
      each(160, (i) => `p/${i}.png,one of ${i % 8} texts of the list,${i % 3 ? "yes" : "no"}`),
      pictures(160),
    ),
  );
  expect(duplicates.near).toBe(0);
  expect(warnings.map(({ message }) => message)).toEqual([
    '152 rows of 160 have the same "text" as another one, and too few groups are left if equal ones stay on one side of the split: the test score does not say how well new ones are known',
  ]);
});
