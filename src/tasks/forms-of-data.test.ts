// Forms in which annotation tools, databases and spreadsheets write data: read right, or refused with the cure.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { type InspectDataOptions, inspectData } from "./inspect-data.js";

const inspected = (name: string, content: string, options: InspectDataOptions = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, { [name]: content });
    return inspectData(join(folder, name), options);
  });
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${line(i)}\n`).join("");
const jsonLines = (n: number, row: (i: number) => object): string => lines(n, (i) => JSON.stringify(row(i)));
const words = "amber bridge copper dust engine forest garden harbour island jungle kettle lemon".split(" ");
/** Seven words that no other line has. */
const text = (i: number): string =>
  [...[1, 5, 7, 11, 13, 17].map((k) => words[(i * k + (i >> 2) + k) % 12]), `number${i}`].join(" ");
const codesOf = ({ warnings }: { readonly warnings: readonly { readonly code: string }[] }) =>
  warnings.map(({ code }) => code);
const messageOf = (found: Awaited<ReturnType<typeof inspected>>, code: string) =>
  found.warnings.find((one) => one.code === code)?.message;

const person = (i: number) => {
  const begin = `${text(i)} `;
  return { text: `${begin}Grace Hopper left`, at: begin.length };
};

test("entities whose positions are inclusive, or count bytes, are refused with the first one", async () => {
  const data = jsonLines(40, (i) => ({
    text: person(i).text,
    label: [[person(i).at, person(i).at + 11, "PER"]],
  }));
  await expect(inspected("d.jsonl", data)).rejects.toMatchObject({
    message: '"d.jsonl" has 40 entities of 40 that begin or end inside a word, first "Grace Hoppe" in line 1',
    help: "positions count characters (not bytes) from 0, and the second one stands behind the entity",
  });
  const few = jsonLines(40, (i) => ({
    text: person(i).text,
    label: [[person(i).at, person(i).at + (i === 6 ? 11 : 12), "PER"]],
  }));
  expect(messageOf(await inspected("d.jsonl", few), "entities_inside_words")).toMatch(
    /^1 of 40 entities begin .*"Grace Hoppe" in line 7/,
  );
});

test("Prodigy: rejected and ignored rows are left out, and its tokens are no words with tags", async () => {
  const row = (i: number) => ({
    text: person(i).text,
    tokens: [{ text: "Grace", start: 0, end: 5, id: 0 }],
    spans: [{ start: person(i).at, end: person(i).at + 12, label: "PER" }],
    answer: i % 4 === 3 ? (i % 8 === 3 ? "reject" : "ignore") : "accept",
    _input_hash: i,
  });
  const found = await inspected("d.jsonl", jsonLines(60, row));
  expect(found.task).toBe("token-classification");
  expect(found.splits.train + found.splits.validation + found.splits.test).toBe(45);
  expect(messageOf(found, "rejected_rows")).toBe(
    '15 rows left out: the answer of the annotator is "ignore" or "reject"',
  );
  // A column of that name in other data is a column.
  const own = await inspected(
    "d.csv",
    `text,answer,label\n${lines(40, (i) => `${text(i)},${i % 2 ? "accept" : "reject"},${i % 2 ? "a" : "b"}`)}`,
  );
  expect(codesOf(own)).not.toContain("rejected_rows");
});

test("words with their language before them, as WikiANN has them, are read without it", async () => {
  const sentences = lines(
    40,
    (i) =>
      `${text(i)
        .split(" ")
        .map((word) => `en:${word}\tO`)
        .join("\n")}\nen:Grace\tB-PER\nen:Hopper\tI-PER\n`,
  );
  const found = await inspected("d.conll", sentences);
  expect(messageOf(found, "words_have_language")).toBe('every word begins with "en:", which is left out');
});

test("types of entities, and several labels, that differ only in capitals are refused", async () => {
  const sentence = (i: number) =>
    `${text(i)
      .split(" ")
      .map((word) => `${word} O`)
      .join("\n")}\nGrace B-${i % 2 ? "Per" : "PER"}\n`;
  await expect(inspected("d.conll", lines(40, sentence))).rejects.toThrow(
    expect.objectContaining({ details: { classes: ["PER", "Per"] } }),
  );
  const labels = `text,labels\n${lines(40, (i) => `${text(i)},"${i % 2 ? "late,Refund" : "refund,damaged"}"`)}`;
  await expect(inspected("d.csv", labels)).rejects.toThrow(
    expect.objectContaining({ details: { classes: ["Refund", "refund"] } }),
  );
});

test.each([
  ["sets of Python", `{'late', 'refund'}`, "set()"],
  ["arrays of PostgreSQL", "{late,refund}", "{}"],
  ["lists of Python", "['late', 'refund']", "[]"],
])("several labels as %s", async (_, two, none) => {
  const cell = (i: number) =>
    [two, two.replace(/'?refund'?/, (one) => one.replace("refund", "damaged")), none][i % 3]!;
  const found = await inspected("d.csv", `text,labels\n${lines(60, (i) => `${text(i)},"${cell(i)}"`)}`);
  expect(found.task).toBe("multi-label-classification");
  expect(found.classes!.map(({ name }) => name).sort()).toEqual(["damaged", "late", "refund"]);
});

test("several labels as zeros and ones in a list are refused: they have no names", async () => {
  const bits = jsonLines(60, (i) => ({ text: text(i), labels: [i % 2, 1, (i >> 1) % 2] }));
  await expect(inspected("d.jsonl", bits)).rejects.toMatchObject({
    message: '"d.jsonl" has lists of 3 zeros and ones in "labels": [0,1,0]',
    help: "write the names of the labels that are 1, or a column of 0 and 1 for each label: --labels A,B,C",
  });
});

test("columns of labels: empty cells are counted, and 1 and -1 are read as CelebA writes them", async () => {
  const cells = (i: number) => [i % 2 ? "1.0" : "0.0", i % 5 ? "1.0" : "", i % 3 ? "0.0" : "1.0"].join(",");
  const empty = await inspected(
    "d.csv",
    `text,late,damaged,refund\n${lines(60, (i) => `${text(i)},${cells(i)}`)}`,
    { labels: "late,damaged,refund" },
  );
  expect(messageOf(empty, "empty_labels")).toBe(
    "12 empty cells in the columns of labels count as 0: if the label is not known there, leave out the row",
  );
  const signs = (i: number) => `${text(i)},${i % 2 ? 1 : -1},${i % 3 ? -1 : 1}`;
  const found = await inspected("d.csv", `text,male,smiling\n${lines(60, signs)}`, {
    labels: "male,smiling",
  });
  expect(
    found.classes!.map(({ name, train, validation, test }) => [name, train + validation + test]),
  ).toEqual([
    ["male", 30],
    ["smiling", 20],
  ]);
});

test("a table of SQL: \\N is a missing value, also of the target", async () => {
  const row = (i: number) =>
    `${(i * 37) % 61},${i % 9 === 4 ? "\\N" : (i * 11) % 53},${i % 12 === 5 ? "\\N" : i % 2 ? "t" : "f"}`;
  const found = await inspected("d.csv", `age,score,churned\n${lines(120, row)}`, { target: "churned" });
  expect(found.columns!.map(({ name, use }) => [name, use])).toEqual([
    ["age", "number"],
    ["score", "number"],
    ["churned", "target"],
  ]);
  expect(found.classes!.map(({ name }) => name).sort()).toEqual(["f", "t"]);
  expect(found.skipped).toHaveLength(10);
});

test("classes that may say that there is none are named", async () => {
  const classes = async (name: string) =>
    (
      await inspected(
        "d.csv",
        `a,b,kind\n${lines(120, (i) => `${(i * 37) % 61},${(i * 11) % 53},${[name, "0", "1", "2"][i % 4]}`)}`,
        { target: "kind" },
      )
    ).warnings.filter(({ code }) => code === "missing_class");
  for (const name of [".", "-", "-1"])
    expect((await classes(name))[0]!.message).toContain(`a class is called "${name}"`);
  const texts = await inspected(
    "d.csv",
    `text,label\n${lines(60, (i) => `${text(i)},${i % 2 ? "-" : "x"}`)}`,
  );
  expect(codesOf(texts).filter((code) => code === "missing_class")).toHaveLength(1);
  const signs = await inspected("d.csv", `text,label\n${lines(60, (i) => `${text(i)},${(i % 3) - 1}`)}`);
  expect(codesOf(signs)).not.toContain("missing_class");
});

test("lines that are no samples: the names again, units under the names, and empty columns of a spreadsheet", async () => {
  const row = (i: number) => `${(i * 37) % 61}.5,${(i * 11) % 53},${i % 2 ? "x" : "y"}`;
  const again = await inspected(
    "d.csv",
    `a,b,kind\n${lines(40, row)}a,b,kind\n${lines(40, (i) => row(i + 7))}a,b,kind\n`,
    { target: "kind" },
  );
  expect(messageOf(again, "repeated_header")).toBe("2 rows left out: they repeat the names of the columns");
  expect(again.classes!.map(({ name }) => name).sort()).toEqual(["x", "y"]);
  const units = await inspected("d.csv", `a,b,kind\n[mm],[kg],[-]\n${lines(80, row)}`, { target: "kind" });
  expect(messageOf(units, "classes_of_one_row")).toBe(
    '1 class with one row only: "[-]". It can be learnt or tested, not both: is the row a sample?',
  );
  const empty = await inspected("d.csv", `a,b,kind,,,\n${lines(80, (i) => `${row(i)},,,`)}`, {
    target: "kind",
  });
  expect(empty.columns!.map(({ name }) => name)).toEqual(["a", "b", "kind"]);
});

test("classes numbered from 1 with a name for each are refused with the reason", async () => {
  const data = `text,label\n${lines(60, (i) => `${text(i)},${(i % 4) + 1}`)}`;
  await expect(inspected("d.csv", data, { classNames: "W,S,B,T" })).rejects.toMatchObject({
    message:
      '"d.csv" has classes numbered 1 to 4 in "label", and --class-names gives the names of 0 to 3: "W", "S", "B", "T"',
    help: "give a name for 0 first, such as none; no row has it",
  });
});

test("truth in two spellings is refused", async () => {
  const data = `a,b,kind\n${lines(80, (i) => `${(i * 37) % 61},${(i * 11) % 53},${["True", "False", "1", "0"][i % 4]}`)}`;
  await expect(inspected("d.csv", data, { target: "kind" })).rejects.toThrow(
    'differ only by the way yes and no are written: "0", "False"',
  );
});

test.each(["Phrase", "comment_text", "tweet", "review_body", "utterance"])(
  "a column %s holds the texts of public sets",
  async (name) => {
    const found = await inspected(
      "d.csv",
      `id,${name},sentiment\n${lines(60, (i) => `${i},${text(i)},${i % 2 ? "good" : "bad"}`)}`,
    );
    expect(found.task).toBe("text-classification");
  },
);
