import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type GenerationData, type GenerationDataOptions, openGenerationData } from "./generation-data.js";

const message = (role: string) => (content: string) => ({ role, content });
const [system, user, assistant] = [message("system"), message("user"), message("assistant")];
const lines = (records: readonly unknown[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join("");
// Words that no other number has, so that no two texts are near copies.
const words = (i: number): string => [1, 2, 3, 4].map((k) => `w${(i + 1) * 10 + k}x${k}`).join(" ");
const pair = (i: number) => ({
  messages: [user(`What is ${words(i)}?`), assistant(`It is ${words(i + 500)}.`)],
});
const pairs = (n: number, from = 0) => Array.from({ length: n }, (_, i) => pair(from + i));

/** Opens the data of files in a folder. */
const opened = (
  tree: Readonly<Record<string, string>>,
  path = "",
  options: Partial<GenerationDataOptions> = {},
): Promise<GenerationData> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return openGenerationData(platformIn(folder), join(folder, path), { seed: 0, ...options });
  });
const refused = async (work: Promise<unknown>): Promise<EngraftError> => {
  const error = await work.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(EngraftError);
  return error as EngraftError;
};
const sizes = ({ items }: GenerationData): number[] =>
  (["train", "validation", "test"] as const).map((part) => items.filter((one) => one.part === part).length);
/** Returns the splits of the samples with each key. */
function partsBy({ items }: GenerationData, keyOf: (item: GenerationData["items"][number]) => string) {
  const parts = new Map<string, Set<Part>>();
  for (const item of items) parts.set(keyOf(item), (parts.get(keyOf(item)) ?? new Set()).add(item.part));
  return [...parts.values()].map(({ size }) => size);
}

test("chats are divided 70/15/15, and the seed says how", async () => {
  const tree = { "x.jsonl": lines(pairs(40)) };
  const [first, again, other] = [await opened(tree), await opened(tree), await opened(tree, "", { seed: 1 })];
  expect([first.form, ...sizes(first)]).toEqual(["chats", 28, 6, 6]);
  expect(first.items[0]).toMatchObject({ id: "x.jsonl:1", label: 0, chat: { messages: pair(0).messages } });
  expect(first.items[0]!.text).toBe(`user: What is ${words(0)}?\nassistant: It is ${words(500)}.`);
  expect(again.fingerprint).toBe(first.fingerprint);
  expect(again.items.map(({ part }) => part)).toEqual(first.items.map(({ part }) => part));
  expect(sizes(other)).toEqual([28, 6, 6]);
  expect(other.fingerprint).not.toBe(first.fingerprint);
});

test("the fingerprint says which texts are in which split, in whatever order", async () => {
  const rows = pairs(12).map((one, i) => ({ ...one, split: ["train", "train", "val", "test"][i % 4] }));
  const of = async (some: readonly unknown[]) => (await opened({ "x.jsonl": lines(some) })).fingerprint;
  const fingerprint = await of(rows);
  expect(await of([...rows].reverse())).toBe(fingerprint);
  expect(await of(rows.map((row, i) => (i === 0 ? { ...row, split: "val" } : row)))).not.toBe(fingerprint);
  expect(await of(rows.map((row, i) => (i === 0 ? { ...row, ...pair(99) } : row)))).not.toBe(fingerprint);
});

test("copies count once, and near copies stay in one split", async () => {
  const long = (i: number, end: string) =>
    `${words(i)} ${words(i + 100)} ${words(i + 200)} ${words(i + 300)} ${end}`;
  const near = [0, 1, 2, 3].map((k) => ({ messages: [user(long(7, `${k}`)), assistant("yes")] }));
  const data = await opened({ "x.jsonl": lines([...pairs(30, 20), ...near, pair(20), pair(21)]) });
  expect(data.duplicates).toMatchObject({ exact: 2, acrossParts: 0 });
  expect(data.items).toHaveLength(34);
  const copies = data.items.filter(({ copyOf }) => copyOf !== undefined);
  expect(copies.map(({ id }) => id)).toEqual(["x.jsonl:31", "x.jsonl:32", "x.jsonl:33", "x.jsonl:34"]);
  expect(new Set(copies.map(({ part }) => part)).size).toBe(1);
});

test("chats that differ only in what is learnt are no copies, and stay in one split", async () => {
  const turns = (weight: number) => ({
    messages: [user("q"), { ...assistant("a"), weight }, user("r"), assistant("b")],
  });
  const data = await opened({ "x.jsonl": lines([...pairs(20), turns(0), turns(1)]) });
  const two = data.items.slice(20);
  expect(data.duplicates.exact).toBe(0);
  expect(new Set(two.map(({ sha256 }) => sha256)).size).toBe(2);
  expect(new Set(two.map(({ part }) => part)).size).toBe(1);
  expect(two[1]!.copyOf).toBe("x.jsonl:21");
});

test("chats with the same first question stay in one split", async () => {
  const asked = (i: number) => ({
    messages: [
      system(words(i)),
      user(i < 20 ? ` same ${i % 5}\n` : words(i + 100)),
      assistant(words(i + 200)),
    ],
  });
  const data = await opened({ "x.jsonl": lines(Array.from({ length: 60 }, (_, i) => asked(i))) });
  expect(new Set(partsBy(data, ({ chat }) => chat!.messages[1]!.content.trim()))).toEqual(new Set([1]));
  expect(sizes(data).every((n) => n > 0)).toBe(true);
  expect(data.items.filter(({ group }) => group !== undefined)).toHaveLength(20);
});

test("chats with one question are divided by their whole prompts, and one prompt is refused", async () => {
  const records = Array.from({ length: 40 }, (_, i) => ({
    messages: [system(words(i % 20)), user("Summarize."), assistant(words(i + 100))],
  }));
  const data = await opened({ "x.jsonl": lines(records) });
  expect(partsBy(data, ({ chat }) => chat!.messages[0]!.content)).toEqual(Array(20).fill(1));
  expect(sizes(data).every((n) => n > 0)).toBe(true);
  const same = Array.from({ length: 20 }, (_, i) => ({
    messages: [user("Go on."), assistant(words(i))],
  }));
  expect((await refused(opened({ "x.jsonl": lines(same) }))).message).toMatch(/have the same prompt$/);
  const given = same.map((one, i) => ({ ...one, split: ["train", "val", "test"][i % 3] }));
  expect(sizes(await opened({ "x.jsonl": lines(given) }))).toEqual([7, 7, 6]);
});

test("a field or a file says the split", async () => {
  const rows = pairs(12).map((one, i) => ({ ...one, split: ["train", "train", "val", "test"][i % 4] }));
  const field = await opened({ "x.jsonl": lines(rows) });
  expect(sizes(field)).toEqual([6, 3, 3]);
  expect(field.items.slice(0, 4).map(({ part }) => part)).toEqual(["train", "train", "validation", "test"]);
  const files = await opened({
    "train.jsonl": lines(pairs(20)),
    "test.jsonl": lines([...pairs(5, 20), pair(0)]),
  });
  expect(files.items.filter(({ part }) => part === "test").map(({ id }) => id.split(":")[0])).toEqual(
    Array(6).fill("test.jsonl"),
  );
  // The copy in the training file is left out.
  expect(files.items).toHaveLength(25);
  expect(files.duplicates).toMatchObject({ exact: 1, acrossParts: 1 });
  const refusal = await refused(opened({ "x.jsonl": lines(rows.map((row) => ({ ...row, split: "dev2" }))) }));
  expect(refusal.kind).toBe("DataError");
});

test("a field, or a pattern for names, says the groups", async () => {
  const rows = pairs(40).map((one, i) => ({ ...one, group: `g${i % 10}`, topic: `t${i % 8}` }));
  const tree = { "x.jsonl": lines(rows) };
  const byField = await opened(tree);
  expect(partsBy(byField, ({ group }) => group!)).toEqual(Array(10).fill(1));
  const named = await opened(tree, "", { groupFrom: "topic" });
  expect(partsBy(named, ({ group }) => group!)).toEqual(Array(8).fill(1));
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, f) => [`c${f}.jsonl`, lines(pairs(4, 4 * f))]),
  );
  const byFile = await opened(files, "", { groupFrom: "^(c\\d+)" });
  expect(partsBy(byFile, ({ id }) => id.split(".")[0]!)).toEqual(Array(10).fill(1));
});

test("texts are the lines of a file", async () => {
  const texts = Array.from({ length: 20 }, (_, i) => words(i));
  const data = await opened({ "x.txt": `${texts.join("\n")}\n\n${words(0)}\n` }, "x.txt");
  expect([data.form, ...sizes(data)]).toEqual(["texts", 14, 3, 3]);
  expect(data.duplicates.exact).toBe(1);
  expect(data.items[1]).toMatchObject({ text: words(1) });
  expect(data.items[1]!.id).toBe("x.txt, line 2");
  expect(data.items.some(({ chat }) => chat !== undefined)).toBe(false);
});

test("texts are the files of a folder, or a column of a list with its splits and groups", async () => {
  const folder = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`d/${i}.txt`, words(i)]));
  const files = await opened({ ...folder, "d/empty.txt": " \n" });
  expect(sizes(files)).toEqual([14, 3, 3]);
  expect(files.skipped).toEqual([{ item: "d/empty.txt", reason: "has no text" }]);
  const parts = ["train", "train", "val", "test"];
  const rows = Array.from({ length: 20 }, (_, i) => `${words(i)},${parts[i % 4]},l${i % 2}`);
  const csv = await opened({ "x.csv": `text,split,label\n${rows.join("\n")}\n` }, "x.csv");
  expect([csv.form, ...sizes(csv)]).toEqual(["texts", 10, 5, 5]);
  expect(csv.items[0]).toMatchObject({ id: "x.csv, line 2", text: words(0) });
  const grouped = Array.from({ length: 40 }, (_, i) => `${words(i)},g${i % 10}`);
  const groups = await opened({ "x.csv": `text,group\n${grouped.join("\n")}\n` }, "x.csv");
  expect(partsBy(groups, ({ group }) => group!)).toEqual(Array(10).fill(1));
});

test("too few chats or texts are refused, with the reasons of those that are left out", async () => {
  const few = lines([...pairs(3), pair(0), { messages: [user("q")] }]);
  const error = await refused(opened({ "x.jsonl": few }, "x.jsonl"));
  expect(error.kind).toBe("DataError");
  expect(error.message).toMatch(/x\.jsonl" holds 3 chats, and 1 copy of them$/);
  expect(error.at).toBe("1 record skipped: x.jsonl:5 has no answer");
  const none = await refused(opened({ "x.jsonl": lines([{ messages: [] }]) }, "x.jsonl"));
  expect(none.message).toMatch(/holds no chats$/);
  expect((await refused(opened({}, "missing"))).kind).toBe("DataError");
  expect((await refused(opened({ "x.txt": "\n" }, "x.txt"))).message).toMatch(/holds no texts$/);
  for (const name of ["x.jsonl", "x.json"])
    expect((await refused(opened({ [name]: "\n \n" }, name))).message).toBe(`"${name}" is empty`);
  for (const text of ["", "one\n", "one\ntwo\n"])
    expect((await refused(opened({ "x.txt": text }, "x.txt"))).kind).toBe("DataError");
});

test("damaged lines are left out by name", async () => {
  const data = await opened({ "x.jsonl": `${lines(pairs(20))}{"messages": [\n"q"\n` }, "x.jsonl");
  expect(data.items).toHaveLength(20);
  expect(data.skipped).toEqual([
    { item: "x.jsonl:21", reason: "is not JSON" },
    { item: "x.jsonl:22", reason: "is no object" },
  ]);
});

test("the form may be given: chats are then no texts", async () => {
  const tree = { "x.jsonl": lines(pairs(20)) };
  expect((await refused(opened(tree, "x.jsonl", { form: "texts" }))).message).toMatch(/holds chats/);
  expect((await refused(opened({ "x.txt": "a\nb\nc\nd\n" }, "x.txt", { form: "chats" }))).kind).toBe(
    "DataError",
  );
});

test("quotes are for chats and texts in CSV; another file refuses them", async () => {
  const rows = (quote: string) =>
    `question,answer\n${Array.from({ length: 8 }, (_, i) => `${quote}${words(i)}${quote},${words(i + 500)}\n`).join("")}`;
  const of = async (quotes: GenerationDataOptions["quotes"]) =>
    (await opened({ "x.csv": rows('"') }, "x.csv", { quotes })).items[0]!.chat!.messages[0]!.content;
  expect(await of("standard")).toBe(words(0));
  expect(await of("none")).toBe(`"${words(0)}"`);
  for (const [name, content] of [
    ["x.jsonl", lines(pairs(8))],
    ["x.txt", "a\nb\nc\nd\n"],
  ] as const)
    expect(await refused(opened({ [name]: content }, name, { quotes: "none" }))).toMatchObject({
      kind: "OptionError",
      details: { option: "quotes" },
    });
});

test("a pattern of groups that fits no chat is refused, and fields of messages are not offered as groups", async () => {
  const tree = { "x.jsonl": lines(pairs(8).map((one, i) => ({ ...one, topic: `t${i}` }))) };
  const { help } = await refused(opened(tree, "x.jsonl", { groupFrom: "none such" }));
  expect(help).toContain('"topic"');
  expect(help).not.toContain('"messages"');
});
