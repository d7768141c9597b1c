import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { coco, image } from "../../test/support/box-layouts.js";
import { boxTree } from "../../test/support/box-trees.js";
import { writeTree } from "../../test/support/pictures.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent } from "../core/events/events.js";
import { factsOf, tasks } from "../core/results/task.js";
import { openImages } from "../data/images/open-images.js";
import { openTable } from "../data/tables/open-table.js";
import { nodePlatform } from "../platform/node.js";
import { taskOf } from "./detect.js";
import { targetRows } from "./recognition/targets.js";
import { openTextDataset } from "./texts/open-texts.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-detect-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = async (name: string, content: string): Promise<string> => {
  await writeTree(folder, { [name]: content });
  return join(folder, name);
};
const detected = async (name: string, content: string, options: Parameters<typeof taskOf>[2] = {}) =>
  taskOf(nodePlatform, await write(name, content), { task: "auto", ...options });
const refused = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing was refused",
    (error: unknown) => (error instanceof EngraftError ? error.format() : String(error)),
  );
const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join("\n");

/** TREC's form: two columns of classes, and the texts. */
const trec = `coarse,fine,text\n${lines(40, (i) => `c${i % 2},f${i % 4},what is the number ${i}`)}`;

test("--target names the column of classes of a list of texts", async () => {
  expect(await detected("trec.csv", trec, { target: "coarse" })).toBe("text-classification");
  const events: EngraftEvent[] = [];
  const open = (target: string) =>
    openTextDataset(join(folder, "trec.csv"), {
      seed: 0,
      platform: nodePlatform,
      options: { target },
      onEvent: (event) => events.push(event),
    });
  expect((await open("coarse")).classes).toEqual(["c0", "c1"]);
  expect((await open("fine")).classes).toEqual(["f0", "f1", "f2", "f3"]);
  expect(await refused(open("kind"))).toBe(
    'DataError: "trec.csv" has no column "kind"\n  help: its columns are "coarse", "fine", "text"',
  );
  expect(await refused(open("coarse,fine"))).toContain('2 columns of classes: "coarse", "fine"');
});

test("without --target a list of texts without a column of labels says how to name it", async () => {
  expect(await detected("trec.csv", trec)).toBe("text-classification");
  const opened = openTextDataset(join(folder, "trec.csv"), {
    seed: 0,
    platform: nodePlatform,
    options: {},
    onEvent: () => undefined,
  });
  expect(await refused(opened)).toBe(
    'DataError: "trec.csv" has no column of labels\n  help: its columns are "coarse", "fine", "text"; name the one of labels: --target NAME',
  );
});

test("--text and --target name both columns, whatever they are called", async () => {
  const odd = `frage,art\n${lines(20, (i) => `wie geht es ${i},${i % 2 ? "x" : "y"}`)}`;
  expect(await detected("odd.csv", odd, { text: "frage", target: "art" })).toBe("text-classification");
});

test("a target of numbers, or a text column of few values, is a table", async () => {
  const houses = `body,rooms,price\n${lines(40, (i) => `${i % 2 ? "sedan" : "suv"},${i},${i * 1.5}`)}`;
  expect(await detected("houses.csv", houses, { target: "price" })).toBe("tabular-regression");
  expect(await detected("cars.csv", houses.replaceAll(".5", ""), { target: "body" })).toBe(
    "tabular-classification",
  );
  const few = `body,rooms,kind\n${lines(40, (i) => `${i % 2 ? "sedan" : "suv"},${i},k${i % 3}`)}`;
  expect(await detected("few.csv", few, { target: "kind" })).toBe("tabular-classification");
  expect(await detected("trec.csv", trec, { target: "coarse", task: "tabular-classification" })).toBe(
    "tabular-classification",
  );
});

test("quotes inside values do not change the detected task", async () => {
  const chinese = `text\tlabel\n${lines(12, (i) => `如果是"蔡陆线"的话${i}\t${i % 2}`)}`;
  expect(await detected("q.tsv", chinese)).toBe("text-classification");
  expect(await detected("q.csv", chinese.replaceAll("\t", ","))).toBe("text-classification");
});

test("--quotes is accepted for lists, and refused for words with tags", async () => {
  const ambiguous = 'text,label\n" and a man,1\nb,0\nhe said ",1\nc,0\n';
  expect(await refused(detected("a.csv", ambiguous))).toContain("--quotes standard or --quotes none");
  expect(await detected("a.csv", ambiguous, { quotes: "none" })).toBe("text-classification");
  expect(await refused(detected("a.conll", "Ann B-PER\nruns O\n", { quotes: "none" }))).toContain(
    "the option quotes is for lists in CSV or TSV with a header",
  );
});

test("a folder with one list has the task of that list", async () => {
  const data = lines(20, (i) => `word ${i},${i % 2 ? "x" : "y"}`);
  await write("texts/README.md", "# Texts");
  await write("texts/messages.csv", `text,label\n${data}`);
  const folderOf = (name: string) => join(folder, name);
  expect(await taskOf(nodePlatform, folderOf("texts"), { task: "auto" })).toBe("text-classification");
  const how = { seed: 0, platform: nodePlatform, options: {}, onEvent: () => undefined };
  const [inside, itself] = [
    await openTextDataset(folderOf("texts"), how),
    await openTextDataset(folderOf("texts/messages.csv"), how),
  ];
  expect(inside.fingerprint).toBe(itself.fingerprint);
  await write("table/houses.csv", `rooms,price\n${lines(40, (i) => `${i},${i * 1.5}`)}`);
  expect(await taskOf(nodePlatform, folderOf("table"), { task: "auto" })).toBe("tabular-regression");
  expect((await openTable(folderOf("table"))).items).toHaveLength(40);
});

test("class folders called test or training stay classes of texts next to others", async () => {
  for (const one of ["pos", "neg", "test"])
    for (let i = 0; i < 8; i++) await write(`words/${one}/${i}.txt`, `${one} ${i}`);
  const how = { seed: 0, platform: nodePlatform, options: {}, onEvent: () => undefined };
  expect((await openTextDataset(join(folder, "words"), how)).classes).toEqual(["neg", "pos", "test"]);
  for (const one of ["train", "test"])
    for (let i = 0; i < 8; i++) await write(`loose/${one}/${i}.txt`, `${one} ${i}`);
  expect(await refused(openTextDataset(join(folder, "loose"), how))).toMatch(
    /holds no texts with classes\n {2}help: give <class>\/\*\.txt, the same in train\/ and test\//,
  );
});

test("a list without column names is refused", async () => {
  expect(
    await refused(
      detected(
        "no-names.csv",
        lines(20, (i) => `a text ${i},${i % 2 ? "pos" : "neg"}`),
      ),
    ),
  ).toBe(
    'DataError: "no-names.csv", line 1 looks like data, not like names of columns: "a text 0,neg"\n  help: add a line of names above it, such as text,label or image,label',
  );
  expect(
    await refused(
      detected(
        "pictures.csv",
        lines(20, (i) => `img/${i}.jpg,${i % 2}`),
      ),
    ),
  ).toContain("line 1 looks like data");
  // A category may have the name of its column, if another column has a usual name.
  expect(await detected("names.csv", `a,y\n${lines(20, (i) => `${i % 2 ? "a" : "b"},${i % 3}`)}`)).toBe(
    "tabular-classification",
  );
});

test.each([
  ["data.parquet", "PAR1\0\0", /"data.parquet" is a damaged /],
  ["hidden.data", "PAR1\0\0", /is Parquet\n {2}help: give the file the ending \.parquet/],
  ["hidden.data2", '[{"text":"a","label":"b"}]', /is JSON\n {2}help: give the file the ending \.json/],
  ["data.xlsx", "PK\u0003\u0004", /is (a spreadsheet|an archive)\n/],
  ["flowers.zip", "PK\u0003\u0004", /is an archive\n {2}help: unpack it/],
])("%s is refused by its format, not as pictures", async (name, content, message) => {
  const refusal = await refused(detected(name, content));
  expect(refusal).toMatch(message);
  expect(refusal).not.toMatch(/picture/);
});

test("JSON documents are recognized by their content", async () => {
  expect(await detected("data.json", '[{"text":"a","label":"b"}]')).toBe("text-classification");
  expect(await detected("inside.json", '{"version":1,"data":[{"text":"a","label":"b"}]}')).toBe(
    "text-classification",
  );
  expect(await detected("list.jsonl", '[\n {"text": "a", "label": "b"}\n]')).toBe("text-classification");
  expect(await detected("tags.json", '[{"tokens":["Ada"],"ner_tags":[1]}]')).toBe("token-classification");
});

test("a damaged file in a folder of Parquet files is reported by name", async () => {
  await write("shards/train-00000-of-00001.parquet", "PAR1");
  expect(await refused(openImages(join(folder, "shards")))).toMatch(
    /"train-00000-of-00001.parquet" is a damaged .*\n {2}help: download or write it again/,
  );
});

test("a folder with a COCO JSON has boxes: its several lists are no list of sounds or texts", async () => {
  const root = await boxTree({ "labels.json": coco(), "a.jpg": image, "b.jpg": image });
  expect(await taskOf(nodePlatform, root, { task: "auto" })).toBe("object-detection");
});

test("a column called label with all numbers from 0 to 29 has classes, and one with gaps has numbers", async () => {
  const table = (name: string, value: (i: number) => number): string =>
    `size,${name}\n${lines(90, (i) => `${i * 7.3},${value(i)}`)}`;
  expect(
    await detected(
      "ids.csv",
      table("label", (i) => i % 30),
    ),
  ).toBe("tabular-classification");
  expect(
    await detected(
      "from-one.csv",
      table("class_id", (i) => 1 + (i % 30)),
      { target: "class_id" },
    ),
  ).toBe("tabular-classification");
  const gaps = table("label", (i) => 2 * (i % 30));
  expect(await detected("gaps.csv", gaps)).toBe("tabular-regression");
  // An amount has another name, and each of its values is rare.
  const amounts = table("target", (i) => i % 30);
  expect(await detected("amounts.csv", amounts)).toBe("tabular-regression");
  expect(
    await detected(
      "once.csv",
      table("label", (i) => i),
    ),
  ).toBe("tabular-regression");
});

test("texts with scores are numbers: as classes the scores would lose their order", async () => {
  const row = (i: number) => `a plain letter number ${i},${(i % 11) / 10}`;
  const scores = `text,score\n${lines(40, row)}`;
  expect(await detected("scores.csv", scores, { text: "text", target: "score" })).toBe("text-regression");
  expect(await detected("scores.csv", scores)).toBe("text-regression");
  const labels = `text,label\n${lines(40, row)}`;
  expect(await detected("labels.csv", labels)).toBe("text-regression");
  const pairs = `sentence1,sentence2,score\n${lines(40, (i) => `letter ${i},${row(i)}`)}`;
  expect(await detected("pairs.csv", pairs)).toBe("text-regression");
  // A column besides text and target may be an input: rows of a table.
  const table = `text,pages,price\n${lines(40, (i) => `a plain letter number ${i},${i % 7},${i}.5`)}`;
  expect(await detected("table.csv", table, { target: "price" })).toBe("tabular-regression");
  const taken = { task: "text-classification", text: "text", target: "score" } as const;
  expect(await detected("taken.csv", scores, taken)).toBe("text-classification");
  // pandas writes classes so if one is missing.
  const whole = `text,label\n${lines(40, (i) => `a plain letter number ${i},${i % 2}.0`)}`;
  expect(await detected("whole.csv", whole)).toBe("text-classification");
});

const pairNotBuilt = async (name: string, content: string, options = {}) =>
  detected(name, content, options).catch((error: unknown) => error);
/** Rows of a table with several labels each. */
const tagged = `rooms,size,labels\n${lines(20, (i) => `${i},${i * 7}.5,"${i % 2 ? "old,damp" : "old"}"`)}`;

test("an input and a target without a common task are refused with what each of both has", async () => {
  expect(await pairNotBuilt("tagged.csv", tagged)).toMatchObject({
    kind: "DataError",
    message: '"tagged.csv" has rows as inputs and labels in "labels" as targets: this pair is not built',
    help: "rows can be learnt with numbers, classes; labels of pictures, texts, clips; --target NAME chooses another column",
    code: "pair-not-built",
    details: {
      data: "tagged.csv",
      input: "table",
      target: "labels",
      targets: ["numbers", "classes"],
      inputs: ["image", "text", "audio"],
    },
  });
  const bits = `rooms,old,damp,kind\n${lines(20, (i) => `${i},${i % 2},${i % 3 ? 1 : 0},k${i % 2}`)}`;
  for (const [options, input] of [
    [{ labels: "old,damp" }, "table"],
    [{ labels: "old,damp", inputs: "rooms,kind" }, "several"],
  ] as const)
    expect(await pairNotBuilt("bits.csv", bits, options)).toMatchObject({
      message: '"bits.csv" has rows as inputs and labels in "old", "damp" as targets: this pair is not built',
      details: { input, targets: ["numbers", "classes"] },
    });
  const captions = `image,caption,text\n${lines(20, (i) => `p/${i}.png,c${i},a dog that runs after ball ${i}`)}`;
  expect(await pairNotBuilt("captions.csv", captions)).toMatchObject({
    message:
      '"captions.csv" has pictures as inputs and transcript in "text" as targets: this pair is not built',
    details: { input: "image", target: "transcript", inputs: ["audio"] },
  });
});

test("a chosen target, or labels in another column than the target, make no pair that is not built", async () => {
  expect(await detected("tagged.csv", tagged, { target: "size" })).toBe("tabular-regression");
  expect(await detected("tagged.csv", tagged, { target: "labels" })).toBe("tabular-classification");
  const beside = tagged.replace("size,labels", "label,tags");
  expect(await detected("beside.csv", beside)).toBe("tabular-regression");
});

test("a list of boxes by the ids of pictures has boxes, with an option of pictures too", async () => {
  const boxes = `ImageID,LabelName,XMin,XMax,YMin,YMax\n${lines(20, (i) => `0a${i},/m/0${i % 2},0.1,0.4,0.2,0.${5 + (i % 4)}`)}`;
  for (const options of [{}, { base: "yolox-nano" }] as const)
    expect(await detected("oid.csv", boxes, options)).toBe("object-detection");
});

test("answers are learnt from chats, unless an option or a label names something else", async () => {
  const write = (one: (i: number) => object): string => lines(20, (i) => JSON.stringify(one(i)));
  const messages = (i: number) => [
    { role: "user", content: `what is the number ${i}` },
    { role: "assistant", content: `it is the number ${i}` },
  ];
  const chats = write((i) => ({ messages: messages(i), category: `c${i % 2}` }));
  expect(await detected("chats.jsonl", chats)).toBe("text-generation");
  expect(await detected("chat-folder/part.jsonl", chats)).toBe("text-generation");
  expect(await taskOf(nodePlatform, join(folder, "chat-folder"), { task: "auto" })).toBe("text-generation");
  const pairs = write((i) => ({ prompt: `number ${i}`, completion: `it is ${i}`, topic: `t${i % 2}` }));
  expect(await detected("pairs.jsonl", pairs)).toBe("text-generation");
  expect(await detected("pairs.jsonl", pairs, { text: "prompt", target: "topic" })).toBe(
    "text-classification",
  );
  const questions = write((i) => ({ question: `number ${i}`, answer: `it is ${i}`, label: i % 2 }));
  expect(await detected("questions.jsonl", questions)).toBe("text-classification");
  expect(await refused(detected("chats.jsonl", chats, { target: "category" }))).toContain(
    "is a list of chats",
  );
  expect(
    await detected("stories.csv", `text\n${lines(20, (i) => `story ${i}`)}`, { task: "text-generation" }),
  ).toBe("text-generation");
});

test("every task has a row that claims its data, unless their layout shows the target", () => {
  const shown = new Set(["tags", "masks", "sequence"]);
  const unclaimed = tasks.filter((task) => {
    const { input, head } = factsOf(task);
    const rows = targetRows[head];
    return !shown.has(head) && (input === "either" ? !(rows.image && rows.text && rows.audio) : !rows[input]);
  });
  expect(unclaimed).toEqual([]);
});
