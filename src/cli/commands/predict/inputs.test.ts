import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { imagesOf, type NamedInput, soundsOf, textsOf } from "./inputs.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-inputs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const signal = new AbortController().signal;
async function inputsOf(
  of: (words: readonly string[], signal: AbortSignal) => AsyncIterable<NamedInput<string>>,
  word: string,
) {
  const found: string[] = [];
  for await (const { input } of of([word], signal)) found.push(input.replace(folder, "ROOT"));
  return found;
}

test.each([
  ["one column", "a.csv", "file\n0.png\nsub/1.png\n"],
  ["a column of labels beside it", "b.csv", "label,image\nx,0.png\ny,sub/1.png\n"],
  ["an unusual name", "c.tsv", "where\tn\n0.png\t1\nsub/1.png\t2\n"],
  ["JSON lines", "d.jsonl", '{"file_name":"0.png"}\n{"file_name":"sub/1.png"}\n'],
  ["rows without a picture", "e.csv", "image,n\n0.png,1\n,2\nsub/1.png,3\n"],
])("a list of pictures gives its pictures: %s", async (_, name, content) => {
  expect(await inputsOf(imagesOf, write(name, content))).toEqual(["ROOT/0.png", "ROOT/sub/1.png"]);
});

test("a list of sounds gives its sounds, and a list of others is refused with its columns", async () => {
  expect(await inputsOf(soundsOf, write("s.csv", "path,speaker\na.wav,x\nb.flac,y\n"))).toEqual([
    "ROOT/a.wav",
    "ROOT/b.flac",
  ]);
  const table = write("t.csv", "age,kind\n1,x\n2,y\n");
  await expect(inputsOf(imagesOf, table)).rejects.toMatchObject({
    message: `"${table}" names no pictures`,
    help: 'its columns are "age", "kind"; call the one of paths "file"',
  });
});

test("a folder gives a model of texts its .txt files, one text each, and is never a text itself", async () => {
  const texts = (word: string) => inputsOf(textsOf as typeof imagesOf, word);
  mkdirSync(join(folder, "letters", "old"), { recursive: true });
  write("letters/b.txt", "two\nlines\n");
  write("letters/old/a.txt", "one line");
  write("letters/a.md", "no text file");
  expect(await texts(join(folder, "letters"))).toEqual(["two\nlines", "one line"]);
  mkdirSync(join(folder, "none"));
  await expect(texts(join(folder, "none"))).rejects.toMatchObject({
    message: `the folder ${join(folder, "none")} holds no texts`,
    help: "texts end in .txt; give a list of texts by its own path",
  });
  await expect(texts("holiday.JPG")).rejects.toMatchObject({
    message: '"holiday.JPG" is no text',
    help: "this model answers texts: give a text, a list of texts or a folder of .txt files",
  });
  expect(await texts("no such folder")).toEqual(["no such folder"]);
});
