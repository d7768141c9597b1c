// What columns mean beside their values: splits, groups, copies of the target, codes, sums and units.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { type DataInspection, type InspectDataOptions, inspectData } from "./inspect-data.js";

const inspected = (content: string, options: InspectDataOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, { "d.csv": content });
    return inspectData(join(folder, "d.csv"), options);
  });
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");
const messageOf = ({ warnings }: DataInspection, code: string) =>
  warnings.find((one) => one.code === code)?.message;
const codesOf = ({ warnings }: DataInspection) => warnings.map(({ code }) => code);
/** A number below `n` that does not follow from the row. */
const other = (i: number, n: number): number => (((i * 7919) % 104_729) * 31) % n;
const words = "amber bridge copper dust engine forest garden harbour island jungle kettle lemon".split(" ");
const text = (i: number): string =>
  [...[1, 5, 7, 11, 13, 17].map((k) => words[(i * k + (i >> 2) + k) % 12]), `number${i}`].join(" ");

test("a column that follows the target's order, such as its logarithm, tells it", async () => {
  const price = (i: number) => 1000 + other(i, 90_000);
  const table = (second: (i: number) => number | string) =>
    inspected(`rooms,known,price\n${lines(200, (i) => `${other(i, 7)},${second(i)},${price(i)}`)}`, {
      target: "price",
    });
  const found = await table((i) => Math.log(price(i)));
  expect(messageOf(found, "telling_column")).toBe(
    '"known" alone tells 100 % of "price": is it known before the answer is? --ignore leaves it out',
  );
  // Close to the target, with an error of a few percent.
  const near = await table((i) => price(i) * (1 + other(i + 3, 100) / 1000));
  expect(codesOf(near)).not.toContain("telling_column");
});

test("a column that is empty for one class tells the target, in numbers and in words", async () => {
  const table = (cell: (i: number, isIll: boolean) => number | string) =>
    inspected(
      `size,later,status\n${lines(200, (i) => `${other(i, 90)}.5,${cell(i, other(i, 2) === 1)},${other(i, 2) === 1 ? "ill" : "well"}`)}`,
      { target: "status" },
    );
  const days = await table((i, isIll) => (isIll ? 5 + other(i + 7, 60) : ""));
  expect(codesOf(days)).toContain("telling_column");
  const remark = await table((i, isIll) => (isIll && i % 29 ? ["ok", "fine", "note"][other(i + 3, 3)]! : ""));
  expect(codesOf(remark)).toContain("telling_column");
  // Empty cells of both classes.
  const random = await table((i) => (other(i + 5, 3) === 1 ? other(i, 60) : ""));
  expect(codesOf(random)).not.toContain("telling_column");
});

test("a column that counts the rows is named if the class follows their order, whatever its name", async () => {
  const table = (status: (i: number) => boolean, number: (i: number) => number = (i) => i) =>
    inspected(
      `run_no,size,status\n${lines(300, (i) => `${number(i)},${other(i, 90)}.5,${status(i) ? "ill" : "well"}`)}`,
      { target: "status" },
    );
  const slow = (i: number) => Math.floor(i / 37) % 2 === 1;
  expect(codesOf(await table(slow))).toContain("counting_column");
  expect(codesOf(await table((i) => other(i, 2) === 1))).not.toContain("counting_column");
  // Numbers in another order than the rows count nothing.
  expect(codesOf(await table(slow, (i) => (i * 37) % 300))).not.toContain("counting_column");
});

test("columns with one value for each class tell the classes", async () => {
  const kind = (i: number) => ["ant", "bee", "fly", "wasp"][other(i, 4)]!;
  const found = await inspected(
    `legs,is_ant,is_bee,is_fly,kind\n${lines(160, (i) => `${other(i, 9)},${["ant", "bee", "fly"].map((one) => Number(kind(i) === one)).join(",")},${kind(i)}`)}`,
    { target: "kind" },
  );
  expect(messageOf(found, "telling_columns")).toBe(
    'columns tell the classes of "kind", one each: "is_ant", "is_bee", "is_fly". Are they known before the answer is? --ignore leaves them out',
  );
  // One class of four may well be recognised by one column.
  const milk = await inspected(
    `legs,milk,kind\n${lines(160, (i) => `${other(i, 9)},${Number(kind(i) === "ant")},${kind(i)}`)}`,
    { target: "kind" },
  );
  expect(codesOf(milk)).not.toContain("telling_columns");
});

test("numbers such as -999 and 99 far from all others are named, in inputs and in targets", async () => {
  const found = await inspected(
    `age,grade,size\n${lines(200, (i) => `${i % 20 ? 18 + other(i, 60) : -999},${1 + other(i, 5)},${i % 40 ? 20.5 + other(i, 50) : 9999}`)}`,
    { target: "size" },
  );
  const said = found.warnings.filter(({ code }) => code === "codes_among_numbers");
  const oldest = 18 + Math.max(...[...Array(200).keys()].filter((i) => i % 20).map((i) => other(i, 60)));
  expect(said.map(({ message }) => message)).toEqual([
    '5 rows of "size" have "9999", all others 20.5 to 69.5: if that stands for no value, leave the cells empty',
    `10 rows of "age" have "-999", all others 18 to ${oldest}: if that stands for no value, leave the cells empty`,
  ]);
  // 99 among 0 to 120 is a number like the others.
  const plain = await inspected(
    `age,size\n${lines(200, (i) => `${i % 20 ? other(i, 121) : 99},${other(i, 50)}.5`)}`,
  );
  expect(codesOf(plain)).not.toContain("codes_among_numbers");
});

test("a row of sums in the middle of a table is named, and a column with the word total is none", async () => {
  const rows = [...Array(60).keys()].map(
    (i) => [`shop ${i}`, 10 + other(i, 50), 1 + other(i, 30) / 8] as const,
  );
  const sum = (k: 1 | 2, from: number, to: number) => rows.slice(from, to).reduce((a, row) => a + row[k], 0);
  const content = [
    "shop,visits,sales",
    ...rows.slice(0, 20).map((row) => row.join(",")),
    `Subtotal,${sum(1, 0, 20)},${sum(2, 0, 20)}`,
    ...rows.slice(20).map((row) => row.join(",")),
  ].join("\n");
  expect(messageOf(await inspected(content, { target: "sales" }), "row_of_sums")).toMatch(
    /^line 22 says "Subtotal"/,
  );
  const fuels = await inspected(
    `brand,km,litres\n${lines(80, (i) => `${["Total", "Shell", "Esso"][i % 3]},${other(i, 900)},${1 + other(i, 30) / 8}`)}`,
    { target: "litres" },
  );
  expect(codesOf(fuels)).not.toContain("row_of_sums");
});

test.each([
  ["is_valid", (i: number) => (i % 4 === 0 ? "True" : "False"), { train: 76, validation: 14, test: 30 }],
  ["set", (i: number) => ["train", "train", "val", "test"][i % 4]!, { train: 60, validation: 30, test: 30 }],
  [
    "Usage",
    (i: number) => ["Training", "Training", "PublicTest", "PrivateTest"][i % 4]!,
    { train: 60, validation: 30, test: 30 },
  ],
])("a column %s states the split", async (name, value, splits) => {
  const found = await inspected(
    `text,label,${name}\n${lines(120, (i) => `${text(i)},${i % 3 ? "a" : "b"},${value(i)}`)}`,
  );
  expect(found.splits).toMatchObject(splits);
  expect(messageOf(found, "split_stated")).toBe(`"${name}" states the split, and is no input`);
});

test("several marks state one split, and a target that is named is none of them", async () => {
  const marks = (i: number) => `${Number(i % 10 === 0)},${Number(i % 10 === 1)}`;
  const both = await inspected(
    `size,is_valid,is_test,label\n${lines(200, (i) => `${other(i, 50)},${marks(i)},${i % 3 ? "a" : "b"}`)}`,
  );
  expect(both.splits).toMatchObject({ train: 160, validation: 20, test: 20 });
  expect(messageOf(both, "split_stated")).toBe('"is_valid", "is_test" state the split, and are no input');
  const priced = await inspected(
    `size,is_train,price\n${lines(200, (i) => `${other(i, 50)},${i % 5 ? "y" : "n"},${other(i, 900)}`)}`,
    { target: "price" },
  );
  expect(priced.splits.test).toBe(40);
});

test("a column is_valid that is learnt, or a set of other things, is no split", async () => {
  const learnt = await inspected(
    `size,age,is_valid\n${lines(120, (i) => `${other(i, 50)},${other(i, 9)},${i % 3 ? "True" : "False"}`)}`,
    { target: "is_valid" },
  );
  expect(learnt.classes!.map(({ name }) => name).sort()).toEqual(["False", "True"]);
  const sets = await inspected(
    `set,age,label\n${lines(120, (i) => `${["dress", "suit"][i % 2]},${other(i, 9)},${i % 3 ? "a" : "b"}`)}`,
  );
  expect(sets.columns!.map(({ name, use }) => [name, use])[0]).toEqual(["set", "category"]);
  // Marks of addresses, most of which are valid, and phases of a project.
  const marks = await inspected(
    `size,is_valid,label\n${lines(120, (i) => `${other(i, 50)},${i % 9 ? 1 : 0},${i % 3 ? "a" : "b"}`)}`,
  );
  expect(marks.columns!.map(({ name, use }) => [name, use])[1]).toEqual(["is_valid", "number"]);
  for (const phases of [
    ["test", "training", "idle"],
    ["test", "testing", "training"],
  ]) {
    const found = await inspected(
      `size,phase,label\n${lines(120, (i) => `${other(i, 50)},${phases[i % 3]},${i % 4 ? "a" : "b"}`)}`,
    );
    expect(codesOf(found)).not.toContain("split_stated");
  }
  const kept = await inspected(
    `size,phase,label\n${lines(120, (i) => `${other(i, 50)},${i % 4 ? "train" : "test"},${i % 3 ? "a" : "b"}`)}`,
    { categories: "phase" },
  );
  expect(kept.columns!.map(({ name, use }) => [name, use])[1]).toEqual(["phase", "category"]);
});

test("texts, tables and lists keep what one speaker, user or patient said in one split", async () => {
  const named = await inspected(
    `text,label,speakerId\n${lines(120, (i) => `${text(i)},${i % 3 ? "a" : "b"},${i % 24}`)}`,
  );
  expect(named.groups).toBe(24);
  const users = await inspected(
    `text,label,user\n${lines(120, (i) => `${text(i)},${i % 3 ? "a" : "b"},u${i % 24}`)}`,
  );
  expect(messageOf(users, "groups_by_name")).toBe('texts of one "user" stay in one split (24 groups)');
  // A user for each text, and kinds of users.
  for (const value of [(i: number) => `u${i}`, (i: number) => ["admin", "guest"][i % 2]!]) {
    const none = await inspected(
      `text,label,user\n${lines(120, (i) => `${text(i)},${i % 3 ? "a" : "b"},${value(i)}`)}`,
    );
    expect(none.groups).toBeUndefined();
  }
  const lesions = await inspected(
    `size,shape,lesion_id,label\n${lines(120, (i) => `${other(i, 50)},${other(i, 9)},HAM_${i % 70},${i % 3 ? "a" : "b"}`)}`,
  );
  expect(lesions.groups).toBe(70);
});

test("of several columns of groups the coarsest counts, and few or unequal groups are named", async () => {
  const visits = (patient: (i: number) => string) =>
    inspected(
      `session_id,patient_id,size,label\n${lines(200, (i) => `s${i >> 1},${patient(i)},${other(i, 50)},${i % 3 ? "a" : "b"}`)}`,
    );
  expect((await visits((i) => `p${Math.floor(i / 10)}`)).groups).toBe(20);
  const few = await inspected(
    `patient_id,size,label\n${lines(200, (i) => `p${i % 5},${other(i, 50)},${i % 3 ? "a" : "b"}`)}`,
  );
  expect(few.groups).toBeUndefined();
  expect(messageOf(few, "few_groups_by_name")).toBe(
    'rows of one "patient_id" may be in several splits, since its 5 values are few or unequal: the model may be tested on those that it learnt from; --group-from patient_id keeps them together',
  );
  // Each of them is no column of groups.
  for (const [name, value] of [
    ["person", (i: number) => `${1 + (i % 12)}`],
    ["video", (i: number) => `${[240, 360, 480, 720, 1080][i % 5]}p`],
    ["client", (i: number) => `${["Chrome", "Firefox"][i % 2]} ${90 + (i % 12)}`],
    ["patient", (i: number) => ["yes", "no"][i % 2]!],
    ["group", (i: number) => ["control", "treatment"][i % 2]!],
  ] as const) {
    const found = await inspected(
      `${name},size,label\n${lines(200, (i) => `${value(i)},${other(i, 50)},${i % 3 ? "a" : "b"}`)}`,
    );
    expect([name, found.groups, codesOf(found).filter((code) => /groups/.test(code))]).toEqual([
      name,
      undefined,
      [],
    ]);
  }
  // A column that would leave nothing to learn from stays an input.
  const scores = await inspected(`user,score\n${lines(200, (i) => `u${i % 20},${other(i, 900) / 8}`)}`);
  expect(scores.columns!.map(({ use }) => use)).toEqual(["category", "target"]);
});

test("objects in a column such as user are no groups", () =>
  inFolder(async (folder) => {
    const row = (i: number) =>
      JSON.stringify({ text: text(i), label: i % 3 ? "a" : "b", user: { name: `u${i % 12}` } });
    await writeTree(folder, { "d.jsonl": lines(60, row) });
    const found = await inspectData(join(folder, "d.jsonl"));
    expect(found.groups).toBeUndefined();
    expect(found.splits.train).toBeGreaterThan(30);
  }));

test("numbers with units: a target is refused, an input is named", async () => {
  const table = lines(90, (i) => `${other(i, 9)},${other(i, 40)} kg,${100 + other(i, 700)} EUR/kg`);
  await expect(inspected(`size,weight,price\n${table}`, { target: "price" })).rejects.toMatchObject({
    message: '"d.csv" has numbers with a unit in "price": "100 EUR/kg"',
    help: "write them without the unit, all in the same one; --task tabular-classification takes every value for a class",
  });
  const found = await inspected(`size,weight,price\n${table}`.replaceAll(" EUR/kg", ""), { target: "price" });
  expect(messageOf(found, "numbers_with_units")).toBe(
    '"weight" has numbers with a unit ("0 kg"), which are taken as text: write them without it to learn from the numbers',
  );
});

test("labels that spaces separate are several, names of two words are one", async () => {
  const tags = (i: number) =>
    ["haze", "clear", "cloudy", "partly"].filter((_, k) => (i >> k) & 1 || k === i % 4).join(" ");
  const tagged = await inspected(
    `text,tags\n${lines(90, (i) => `${text(i)},${tags(i)} ${i % 3 ? "road" : "water"}`)}`,
  );
  expect(tagged.task).toBe("multi-label-classification");
  expect(tagged.classes!.map(({ name }) => name).sort()).toEqual([
    "clear",
    "cloudy",
    "haze",
    "partly",
    "road",
    "water",
  ]);
  const cards = await inspected(
    `text,tags\n${lines(90, (i) => `${text(i)},${["credit card", "debit card", "credit score"][i % 3]}`)}`,
    { task: "multi-label-classification" },
  );
  expect(cards.classes!.map(({ name }) => name).sort()).toEqual([
    "credit card",
    "credit score",
    "debit card",
  ]);
});

test("a class beside several labels is asked about, and either may be named", async () => {
  const list = `text,tags,label\n${lines(60, (i) => `${text(i)},"${i % 2 ? "late,damaged" : "late"}",${i % 3 ? "spam" : "ham"}`)}`;
  await expect(inspected(list)).rejects.toMatchObject({
    message: '"d.csv" has a class in "label" and several labels in "tags": which is learnt?',
    help: "name it: --target label, or --labels tags",
  });
  expect((await inspected(list, { target: "label" })).classes!.map(({ name }) => name).sort()).toEqual([
    "ham",
    "spam",
  ]);
  expect((await inspected(list, { labels: "tags" })).task).toBe("multi-label-classification");
});

test("two columns that add up to the target, and a copy with a few empty cells, tell it", async () => {
  const day = (i: number) => [other(i, 90), 50 + other(i + 7, 900)] as const;
  const sums = await inspected(
    `casual,registered,hour,count\n${lines(200, (i) => `${day(i).join(",")},${i % 24},${day(i)[0] + day(i)[1]}`)}`,
    { target: "count" },
  );
  expect(messageOf(sums, "telling_columns")).toMatch(
    /^"casual" and "registered" add up to "count" in every row/,
  );
  const copies = await inspected(
    `rooms,gross,net\n${lines(200, (i) => `${other(i, 7)},${i % 50 ? Math.round(119 * (100 + other(i, 9000))) / 100 : ""},${100 + other(i, 9000)}`)}`,
    { target: "net" },
  );
  expect(messageOf(copies, "telling_column")).toMatch(/^"gross" alone tells 100 % of "net"/);
});

test("sums in the first row, behind a name and in other languages are named; a single kind called total is none", async () => {
  const rows = [...Array(60).keys()].map((i) => `shop ${i},${10 + other(i, 50)}`);
  const all = rows.reduce((sum, row) => sum + Number(row.split(",")[1]), 0);
  const north = rows.slice(0, 12).reduce((sum, row) => sum + Number(row.split(",")[1]), 0);
  for (const [content, word] of [
    [[`Total,${all}`, ...rows], "Total"],
    [[...rows.slice(0, 12), `North Total,${north}`, ...rows.slice(12)], "North Total"],
    [[...rows, `Gesamt,${all}`], "Gesamt"],
  ] as const) {
    const found = await inspected(
      `shop,visits,sales\n${content.map((row, i) => `${row},${other(i, 90) / 8}`).join("\n")}`,
      { target: "sales" },
    );
    expect(messageOf(found, "row_of_sums")).toContain(`says "${word}"`);
  }
  const eclipses = await inspected(
    `kind,minutes,magnitude\n${lines(80, (i) => `${i === 76 ? "total" : "partial"},${other(i, 90)},${other(i, 9) / 8}`)}`,
    { target: "magnitude" },
  );
  expect(codesOf(eclipses)).not.toContain("row_of_sums");
});

test("a target such as 4D is no number with a unit", async () => {
  const flats = await inspected(
    `size,floor,flat\n${lines(200, (i) => `${other(i, 50)},${i % 12},${1 + (i % 12)}${"ABCD"[i % 4]}`)}`,
    { target: "flat" },
  );
  expect(flats.task).toBe("tabular-classification");
});
