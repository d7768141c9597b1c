import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import { nodePlatform } from "../../platform/node.js";
import { isTextList, openTexts } from "./listed-texts.js";
import { textColumnsOf } from "./read-texts.js";
import { TextStore } from "./text-store.js";
import { HashPlaces } from "./token-table.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-texts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
const open = (name: string, content: string) => openTexts(nodePlatform, file(name, content));
const lines = (n: number, of: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => of(i)).join("\n");

test("recognises a list of texts by its columns", async () => {
  expect(await isTextList(nodePlatform, file("a.csv", "review,label\nx,1\n"))).toBe(true);
  expect(await isTextList(nodePlatform, file("b.csv", "image,label\nx.png,1\n"))).toBe(false);
  expect(await isTextList(nodePlatform, folder)).toBe(false);
});

test("the default split takes 15 % of each class for validation and 15 % for test, independent of the order of rows", async () => {
  const rows = Array.from({ length: 100 }, (_, i) => `text ${i},${i % 2 ? "a" : "b"}`);
  const one = await open("c.csv", `text,label\n${rows.join("\n")}`);
  const other = await open("d.csv", `text,label\n${rows.toReversed().join("\n")}`);
  const count = (part: string) => one.items.filter((i) => i.part === part).length;
  // round(0.15 · 50) = 8 of each of two classes
  expect([count("train"), count("validation"), count("test")]).toEqual([68, 16, 16]);
  expect(other.fingerprint).toBe(one.fingerprint);
  expect(one.classes).toEqual(["a", "b"]);
});

test("keeps the list's split and takes the missing validation split out of train", async () => {
  const { items, splitMessages } = await open(
    "e.jsonl",
    lines(40, (i) => JSON.stringify({ text: `t${i}`, label: i % 2, split: i < 30 ? "train" : "test" })),
  );
  expect(items.filter((i) => i.part === "test").map((i) => i.text)).toEqual(
    Array.from({ length: 10 }, (_, i) => `t${i + 30}`),
  );
  expect(splitMessages).toMatchObject([{ code: "test-given" }, { code: "validation-taken" }]);
});

/** Texts of ten words of their own, each with a copy with another last word and one with a capital. */
const copied = (split: (i: number, copy: number) => string): string =>
  lines(40, (i) => {
    const text = Array.from({ length: 9 }, (_, k) => `w${i}x${k}`).join(" ");
    const label = i % 2 ? "a" : "b";
    const own = [`${text} end`, `${text} other`, `${text.replace("w", "W")} end.`];
    return own.map((one, copy) => `${one},${label},${split(i, copy)}`).join("\n");
  });

test("near copies stay in one split, and are counted", async () => {
  const { items, duplicates, splitMessages } = await open(
    "near.csv",
    `text,label,split\n${copied(() => "train")}`,
  );
  expect([items.length, duplicates]).toEqual([120, { exact: 0, near: 80, acrossParts: 0 }]);
  for (let i = 0; i < 40; i++)
    expect(new Set(items.slice(3 * i, 3 * i + 3).map(({ part }) => part)).size).toBe(1);
  expect(new Set(items.map(({ part }) => part)).size).toBe(3);
  expect(splitMessages).toMatchObject([{ code: "split-shares" }, { code: "only-train-given" }]);
});

test("near copies in two given splits are named", async () => {
  const given = (i: number, copy: number) => (i < 5 && copy === 2 ? "test" : i > 30 ? "val" : "train");
  const { duplicates, leaks, warnings } = await open("given.csv", `text,label,split\n${copied(given)}`);
  // Two training texts each of the first five have their third one in the test split.
  expect([duplicates.near, duplicates.acrossParts, leaks.length]).toEqual([80, 10, 10]);
  expect(leaks[0]).toEqual({
    ...{ kind: "near", item: "given.csv, line 2", part: "train" },
    ...{ other: "given.csv, line 4", other_part: "test" },
  });
  expect(warnings.map(({ message }) => message)).toEqual([
    "10 texts are nearly the same as one of the test split: the test score may be optimistic",
  ]);
});

test("reads quotes in a TSV as text, removes copies and reports empty texts", async () => {
  const { items, duplicates, skipped } = await open(
    "f.tsv",
    `text\tlabel\nhe said "no" to it\tx\n"open\ty\nhe said "no" to it\tx\n\ty\n${lines(12, (i) => `w${i}\t${i % 2 ? "x" : "y"}`)}`,
  );
  expect(items[0]!.text).toBe('he said "no" to it');
  expect(items[1]!.text).toBe('"open');
  expect(duplicates.exact).toBe(1);
  expect(skipped).toEqual([{ item: "f.tsv, line 5", reason: "has no text" }]);
});

test("names what a list lacks", async () => {
  await expect(open("g.csv", "image,label\nx,1\n")).rejects.toMatchObject({ code: "no-text-column" });
  await expect(open("h.csv", "text,label\na,x\nb,x\n")).rejects.toMatchObject({
    code: "one-class",
    details: { class: "x" },
  });
  await expect(open("i.csv", "text,label,split\na,x,test\nb,y,test\n")).rejects.toThrow(
    /no text of the train part/,
  );
  await expect(open("j.csv", "text,label\n")).rejects.toThrow(/"j.csv" has no texts/);
});

test("reads a folder with one list for each split, and a folder of .txt files for each class", async () => {
  mkdirSync(join(folder, "parts"));
  file("parts/train.tsv", `label\ttext\n${lines(40, (i) => `${i % 2 ? "x" : "y"}\tw${i}`)}`);
  file("parts/dev.tsv", "label\ttext\nx\tone more\ny\tanother");
  file("parts/test.tsv", "label\ttext\nx\tlast\ny\tvery last");
  const { items, splitMessages } = await openTexts(nodePlatform, join(folder, "parts"));
  expect(items.filter((i) => i.part === "validation").map((i) => i.id)).toEqual([
    "dev.tsv, line 2",
    "dev.tsv, line 3",
  ]);
  expect(splitMessages).toMatchObject([{ code: "splits-given" }]);
  for (const one of ["good", "bad"]) {
    mkdirSync(join(folder, "classes", one), { recursive: true });
    for (let i = 0; i < 8; i++) file(`classes/${one}/${i}.txt`, `${one} ${i}\n`);
  }
  const classes = await openTexts(nodePlatform, join(folder, "classes"));
  expect(classes.classes).toEqual(["bad", "good"]);
  expect(classes.items[0]).toMatchObject({ id: "bad/0.txt", text: "bad 0" });
});

test("reads GB18030, and refuses bytes that are neither GB18030 nor UTF-8", async () => {
  // 好,a and 坏,b: BA C3 and BB B5 in the table of GB 2312
  const rows = [0xba, 0xc3, 0x2c, 0x61, 0x0a, 0xbb, 0xb5, 0x2c, 0x62, 0x0a];
  writeFileSync(join(folder, "gb.csv"), Uint8Array.from([...Buffer.from("text,label\n"), ...rows]));
  const { items } = await openTexts(nodePlatform, join(folder, "gb.csv"));
  expect(items.map((i) => i.text)).toEqual(["好", "坏"]);
  writeFileSync(join(folder, "no.csv"), Uint8Array.from([...Buffer.from("text,label\na"), 0xff, 0x2c, 0x61]));
  await expect(openTexts(nodePlatform, join(folder, "no.csv"))).rejects.toThrow(/is not text in UTF-8/);
});

test("a given test split keeps its copies, and train loses texts that occur in it", async () => {
  const rest = lines(12, (i) => `w${i},${i % 2 ? "x" : "y"},${i < 8 ? "train" : "test"}`);
  const given = await open("across.csv", `text,label,split\nw0,y,train\nw9,x,train\nw8,y,test\n${rest}`);
  // w0 twice in train; w9 in train and in test; w8 twice in test.
  expect(given.duplicates).toMatchObject({ exact: 2, acrossParts: 1 });
  expect(given.items.filter((i) => i.part === "test").map((i) => i.text)).toEqual([
    "w8",
    "w8",
    "w9",
    "w10",
    "w11",
  ]);
  const learnt = given.items.filter((i) => i.part !== "test").map((i) => i.text);
  expect(learnt.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `w${i}`));
  const held = await open(
    "held.csv",
    `text,label,split\na,x,train\na,x,val\nb,y,val\nc,y,train\nd,x,train\ne,x,test`,
  );
  expect(held.items.map((i) => [i.text, i.part])).toEqual([
    ["a", "validation"],
    ["b", "validation"],
    ["c", "train"],
    ["d", "train"],
    ["e", "test"],
  ]);
});

test("errors of damaged lists name line and column", async () => {
  const body = lines(12, (i) => `w${i},${i % 2 ? "x" : "y"}`);
  const errorOf = async (name: string, content: string) =>
    open(name, content).then(
      () => "",
      (error: EngraftError) => error.format(),
    );
  await expect(open("q2.csv", `text,label\na,x\nb,and,y\n${body}`)).rejects.toMatchObject({
    code: "unusable-list",
    details: { file: "q2.csv", line: 3 },
  });
  expect(await errorOf("q3.csv", `text,label\na,x\n"b,y\n${body}`)).toBe(
    'DataError: "q3.csv", line 3 opens a quote that is never closed (column 1)\n  help: close it, or write "" for a quote inside; if quotes are part of the values, give --quotes none',
  );
  expect(await errorOf("q4.tsv", `text,label\n${body}`)).toBe(
    'DataError: "q4.tsv" has no column of texts\n  help: its only column is "text,label"; values are separated by commas: call it .csv (line 1, column 5)',
  );
  expect(await errorOf("q5.csv", `text|label\na|x`)).toContain("values are separated by bars");
});

test("names the shares that small classes allow, and the labels without a test text", async () => {
  const small = await open("small.csv", `text,label\n${lines(90, (i) => `w${i},c${Math.floor(i / 3)}`)}`);
  expect(small.splitWords).toBe(
    "33 / 33 / 33 instead of 70 / 15 / 15, since there are few samples of a kind, stratified, 90 texts, seed 0",
  );
  expect(small.untested).toEqual([]);
  const single = await open(
    "one.csv",
    `text,label\n${lines(40, (i) => `w${i},${i % 2 ? "x" : "y"}`)}\nalone,z`,
  );
  expect(single.untested).toEqual(["z"]);
});

test("reports the line where a second encoding begins", async () => {
  const good = (text: string) => [...Buffer.from(`${text},a\n`)];
  const gb = [0xba, 0xc3, 0x2c, 0x62, 0x0a];
  const bytes = [...Buffer.from("text,label\n"), ...good("很好"), ...good("不好"), ...gb, ...good("太好")];
  writeFileSync(join(folder, "mixed.csv"), Uint8Array.from(bytes));
  await expect(openTexts(nodePlatform, join(folder, "mixed.csv"))).rejects.toThrow(
    '"mixed.csv", line 4 is not UTF-8 (column 1), and other lines are',
  );
});

const message = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    (error: EngraftError) => error.format(),
  );

test("does not read Latin-1 as Chinese, and reports zero bytes of UTF-16 without a byte order mark", async () => {
  // für is 66 FC 72 in Latin-1, where FC 72 is a character of GB18030 as well.
  const latin = Buffer.from("text,label\nf\u00fcr dich,a\nund mich,b\n", "latin1");
  writeFileSync(join(folder, "latin.csv"), latin);
  expect(await message(openTexts(nodePlatform, join(folder, "latin.csv")))).toBe(
    'DataError: "latin.csv", line 2 is not text in UTF-8 (column 2, byte FC)\n  help: it may be Latin-1 (Windows-1252), or no text at all: open it as what it is, and save it in UTF-8',
  );
  const help =
    "it looks like UTF-16 without its mark, all of the file or a part that was joined: save it in UTF-8";
  const joined = Buffer.concat([Buffer.from("text,label\n\u597d,a\n"), Buffer.from("ok,b\n", "utf16le")]);
  for (const [name, bytes, at] of [
    ["wide.csv", Buffer.from("text,label\na,b\n", "utf16le"), 1],
    ["joined.csv", joined, 3],
  ] as const) {
    writeFileSync(join(folder, name), bytes);
    expect(await message(openTexts(nodePlatform, join(folder, name)))).toBe(
      `DataError: "${name}", line ${at} holds a zero byte (column 2)\n  help: ${help}`,
    );
  }
});

test("skips lines without text or label, and refuses a list with more than 10 % of them", async () => {
  const body = lines(19, (i) => `w${i},${i % 2 ? "x" : "y"}`);
  const read = (name: string, rest: string) =>
    openTexts(nodePlatform, file(name, `text,label\n${body}\n${rest}\n`), { labelled: true });
  expect((await read("few.csv", ",x")).skipped).toEqual([
    { item: "few.csv, line 21", reason: "has no text" },
  ]);
  expect(await message(read("many.csv", ",x\nmore,\n ,y"))).toBe(
    'DataError: 3 of 22 texts (14 %) in "many.csv" cannot be used; at most 10 % may be\n  at many.csv, line 21: has no text; many.csv, line 22: has no label; many.csv, line 23: has no text\n  help: complete or remove them; all of them with their reasons are in the error\'s details',
  );
});

test("refuses labels that differ only by case, and lists the labels that a given test split lacks", async () => {
  const train = lines(12, (i) => `w${i},${["x", "y", "z"][i % 3]},train`);
  const read = (rest: string) =>
    openTexts(nodePlatform, file("cases.csv", `text,label,split\n${train}\n${rest}`), { labelled: true });
  await expect(read("w,X,train")).rejects.toMatchObject({ details: { classes: ["X", "x"] } });
  expect((await read("w,x,test\nv,y,test")).untested).toEqual(["z"]);
  // A validation split alone becomes the test split.
  expect((await read("w,x,validation")).untested).toEqual(["y", "z"]);
});

test("a store returns the same texts from its scratch file", () => {
  const written: Uint8Array[] = [];
  const scratch = {
    bytes: new Uint8Array(2e7),
    write(at: number, bytes: Uint8Array) {
      this.bytes.set(bytes, at);
      written.push(bytes);
    },
    read(at: number, into: Uint8Array) {
      into.set(this.bytes.subarray(at, at + into.length));
    },
    close() {},
  };
  const store = new TextStore("many.csv", () => scratch);
  const text = (i: number) => `${i} \u597d`.repeat(500 + (i % 7));
  const hash = (i: number) => i.toString(16).padStart(64, "0");
  const one = (i: number) => ({
    ...(i % 3 > 0 && { line: i }),
    text: text(i),
    ...(i % 5 === 0 && { pair: `pair ${i}` }),
    sha256: hash(i),
    copyHash: hash(3 * i),
  });
  for (let i = 0; i < 2000; i++) store.add({ ...one(i), ...(i % 3 === 0 && { file: `${i}.txt` }) });
  expect(written.length).toBeGreaterThan(1);
  for (let i = 0; i < 2000; i++) {
    expect(store.textOf(i)).toBe(text(i));
    expect(store.pairOf(i)).toBe(i % 5 === 0 ? `pair ${i}` : undefined);
    expect(store.idOf(i)).toBe(i % 3 === 0 ? `${i}.txt` : `many.csv, line ${i}`);
    expect(store.hashOf(i)).toBe(hash(i));
    expect(store.hashOf(i, 1)).toBe(hash(3 * i));
  }
});

test("HashPlaces finds numbers by hash and by other names", () => {
  const places = new HashPlaces();
  const hash = (i: number) => (i * 2654435761).toString(16).padStart(64, "0").split("").reverse().join("");
  for (let i = 0; i < 5000; i++) places.set(i % 10 === 0 ? `name ${i}` : hash(i), i);
  expect(places.size).toBe(5000);
  for (let i = 0; i < 5000; i++) expect(places.get(i % 10 === 0 ? `name ${i}` : hash(i))).toBe(i);
  expect(places.get(hash(6001))).toBeUndefined();
});

test("refuses a label that is missing in train, but not one that is missing in test", async () => {
  const train = lines(12, (i) => `w${i},${["x", "y", "z"][i % 3]},train`);
  const read = (rest: string) =>
    openTexts(nodePlatform, file("parts.csv", `text,label,split\n${train}\n${rest}`), { labelled: true });
  await expect(read("a,x,test\nb,Y,test")).rejects.toThrow(
    '"Y" has no text in the train part, but in another one',
  );
  expect((await read("a,x,test\nb,y,test")).classes).toEqual(["x", "y", "z"]);
});

test("a column text beside text_pair, question or answer is the first of a pair, or the only text", () => {
  expect(textColumnsOf(["text", "text_pair", "label"], undefined, "x.csv")).toEqual(["text", "text_pair"]);
  expect(textColumnsOf(["question", "answer", "text"], undefined, "x.csv")).toEqual(["text"]);
  expect(textColumnsOf(["answer", "question"], undefined, "x.csv")).toEqual(["question", "answer"]);
});
