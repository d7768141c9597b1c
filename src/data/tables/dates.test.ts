// Days and weekdays are those of Python's datetime.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../../test/support/pictures.js";
import { derivedCell, sourcesOf } from "./dates.js";
import { openTable } from "./open-table.js";

const derived = (name: string, values: Readonly<Record<string, string>>) =>
  derivedCell(name, (column) => values[column]);

test.each([
  ["2024-03-31", "19813", "3", "7", "0"],
  ["2024/3/31", "19813", "3", "7", "0"],
  ["31.03.2024", "19813", "3", "7", "0"],
  ["1969-12-29", "-3", "12", "1", "0"],
  ["2000-02-29T18:30:00Z", "11016.77083", "2", "2", "18.5"],
  ["2024-03-31 06:00", "19813.25", "3", "7", "6"],
  ["2024-03-31 06:00:00 UTC", "19813.25", "3", "7", "6"],
  ["2024-03-31 12:00 AM", "19813", "3", "7", "0"],
  ["31.03.2024 6:00 p.m.", "19813.75", "3", "7", "18"],
  ["20240331", "19813", "3", "7", "0"],
  ["Mar 31 2024", "19813", "3", "7", "0"],
  ["March 31st, 2024 18:00", "19813.75", "3", "7", "18"],
  ["31-Mar-2024", "19813", "3", "7", "0"],
  ["31 march 2024", "19813", "3", "7", "0"],
])("%s gives days, month, weekday and hour", (sold, days, month, weekday, hour) => {
  expect(["days", "month", "weekday", "hour"].map((what) => derived(`sold (${what})`, { sold }))).toEqual([
    days,
    month,
    weekday,
    hour,
  ]);
});

test("the order of day and month is part of the name", () => {
  expect(derived("sold (days)", { sold: "3/4/2024" })).toBe("19816");
  expect(derived("sold (days, m/d)", { sold: "3/4/2024" })).toBe("19786");
  expect(derived("out (days since in, m/d)", { out: "3/4/2024", in: "2/28/2024" })).toBe("5");
});

test("a missing date is missing, and a text is no date", () => {
  expect(derived("sold (days)", { sold: "" })).toBe("");
  expect(derived("sold (days)", {})).toBe("");
  expect(derived("out (days since in)", { out: "2024-03-31", in: "NA" })).toBe("");
  for (const sold of [
    "soon",
    "2024-02-30",
    "31.13.2024",
    "2024-03-31 25:00",
    "2024-3",
    "20241331",
    "Mai 3 2024",
    "2024-03-31 13:00 PM",
  ])
    expect(derived("sold (month)", { sold })).toBeUndefined();
  expect(derived("rooms (large)", { rooms: "2024-03-31" })).toBeUndefined();
  expect([sourcesOf("sold (month)"), sourcesOf("a b (days since c (d))"), sourcesOf("rooms")]).toEqual([
    ["sold"],
    ["a b", "c (d)"],
    ["rooms"],
  ]);
});

const day = (i: number, order: (y: string, m: string, d: string) => string) => {
  const [y, m, d] = new Date(86_400_000 * (19_000 + 11 * i)).toISOString().slice(0, 10).split("-") as [
    string,
    string,
    string,
  ];
  return order(y, m, d);
};
const opened = (dateOf: (i: number) => string, n = 80) =>
  inFolder(async (folder) => {
    const lines = Array.from(
      { length: n },
      (_, i) => `${dateOf(i)},${(i * 7919) % 9973},${(i * 37) % 101}.5`,
    );
    await writeTree(folder, { "d.csv": `sold,x,price\n${lines.join("\n")}\n` });
    const { columns, items, warnings } = await openTable(join(folder, "d.csv"), { targets: ["price"] });
    const kinds = columns.map(({ name, kind }) => `${name}: ${kind}`);
    return { kinds, first: items[0]!.cells, warnings: warnings.map(({ message }) => message) };
  });

const datesRead = 'dates in "sold" are read as days, month, weekday and hour';
test.each([
  ["ISO", (i: number) => day(i, (y, m, d) => `${y}-${m}-${d}`), ""],
  ["German", (i: number) => day(i, (y, m, d) => `${d}.${m}.${y}`), ""],
  ["British", (i: number) => day(i, (y, m, d) => `${d}/${m}/${y}`), ""],
  ["American", (i: number) => day(i, (y, m, d) => `${Number(m)}/${Number(d)}/${y}`), ", m/d"],
])("a column of %s dates becomes numbers and categories", async (_, dateOf, suffix) => {
  const { kinds, first, warnings } = await opened(dateOf);
  expect(kinds).toEqual([
    "x: number",
    `sold (days${suffix}): number`,
    `sold (month${suffix}): category`,
    `sold (weekday${suffix}): category`,
  ]);
  expect(first).toEqual(["0", "19000", "1", "6"]);
  expect(warnings).toEqual([datesRead]);
});

test("an hour is read where the dates have times, and a missing date stays missing", async () => {
  const { kinds, warnings } = await opened((i) =>
    i % 9 ? day(i, (y, m, d) => `${y}-${m}-${d} ${i % 24}:30`) : "",
  );
  expect(kinds).toContain("sold (hour): number");
  expect(warnings).toEqual([datesRead]);
});

test("cells that are no dates are named, and missing", async () => {
  const { kinds, warnings } = await opened((i) =>
    i % 5 ? (i === 7 ? "soon" : day(i, (y, m, d) => `${y}-${m}-${d}`)) : ["NaT", "-", "0000-00-00"][i % 3]!,
  );
  expect(kinds).toContain("sold (days): number");
  expect(warnings).toEqual([
    datesRead,
    '17 values of "sold" are no dates and taken as missing: "NaT", "0000-00-00", "soon" and 1 more',
  ]);
});

test("dates that do not say their order stay texts, and say so", async () => {
  const { warnings } = await opened((i) => `${(i % 12) + 1}/${((i * 5) % 12) + 1}/${2000 + (i % 20)}`);
  expect(warnings).toContain(
    'dates in "sold" do not say whether the day or the month is first, or say both, and stay texts: write them as 2024-03-31',
  );
});

test("numbers, versions and codes are no dates", async () => {
  for (const cellOf of [
    (i: number) => `${i}.${i}.1`,
    (i: number) => `2024-${100 + i}`,
    (i: number) => `k${i % 3}`,
  ])
    expect((await opened(cellOf)).warnings.filter((one) => one.startsWith("dates"))).toEqual([]);
});

test("two dates give the days between them", () =>
  inFolder(async (folder) => {
    const iso = (i: number) => day(i, (y, m, d) => `${y}-${m}-${d}`);
    const lines = Array.from({ length: 60 }, (_, i) => `${iso(i)},${iso(i + (i % 7))},${(i * 37) % 101}.5`);
    await writeTree(folder, { "d.csv": `from,to,price\n${lines.join("\n")}\n` });
    const { columns, items } = await openTable(join(folder, "d.csv"), { targets: ["price"] });
    const at = columns.findIndex(({ name }) => name === "to (days since from)");
    expect(items.slice(0, 8).map(({ cells }) => cells[at])).toEqual([
      "0",
      "11",
      "22",
      "33",
      "44",
      "55",
      "66",
      "0",
    ]);
  }));

test("numbers of eight digits are dates if many of them are", async () => {
  const compact = await opened((i) => day(i, (y, m, d) => `${y}${m}${d}`));
  expect(compact.kinds).toContain("sold (days): number");
  const few = await opened((i) => (i % 2 ? "20240331" : "20240401"));
  expect(few.kinds).toContain("sold: number");
  const among = await opened((i) => (i % 40 ? day(i, (y, m, d) => `${y}-${m}-${d}`) : "20240331"));
  expect(among.kinds).toContain("sold (days): number");
  const amounts = await opened((i) => `${20_000_000 + 7919 * i}`);
  expect(amounts.kinds).toContain("sold: number");
});

test.each([
  ["03/31/24", (i: number) => day(i, (y, m, d) => `${m}/${d}/${y.slice(2)}`)],
  ["13:15", (i: number) => `${i % 24}:${10 + (i % 50)}`],
  ["1:15 PM", (i: number) => `${1 + (i % 12)}:${10 + (i % 50)} PM`],
])("a column in a form such as %s is named, with the form that is read", async (_, dateOf) => {
  const { warnings } = await opened(dateOf);
  expect(warnings).toContain(
    `"sold" may hold dates or times that are not read, such as ${JSON.stringify(dateOf(0))}: write dates as 2024-03-31, times as 13.5`,
  );
});
