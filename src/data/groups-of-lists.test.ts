// Groups of lists: every task keeps a group in one split.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { picture } from "../../test/support/pictures.js";
import { message } from "../core/messages/message.js";
import { leftOut } from "../core/results/task.js";
import { openEntities } from "./entities/open-entities.js";
import { defaultPlatform } from "./images/decode.js";
import { openPictures } from "./images/listed-samples.js";
import { openImages } from "./images/open-images.js";
import { openTable } from "./tables/open-table.js";
import { labelTargets, numberTargets } from "./targets.js";
import { openTexts } from "./texts/listed-texts.js";
import { openTargetTexts } from "./texts/target-texts.js";

const root = mkdtempSync(join(tmpdir(), "engraft-groups-of-lists-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const platform = await defaultPlatform();
const write = (name: string, text: string): string => {
  writeFileSync(join(root, name), text);
  return join(root, name);
};
const all = Array.from({ length: 80 }, (_, i) => i);
/** 40 people with two items each. */
const person = (i: number): string => `p${i % 40}`;

interface Opened {
  readonly items: readonly { readonly part: string; readonly group?: string }[];
  readonly splitWords: string;
}
/** Each group is in one part, and each part has some. */
function keepsTogether({ items, splitWords }: Opened): void {
  const parts = new Map<string, Set<string>>();
  for (const { part, group } of items) parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
  expect(parts.size).toBe(40);
  expect([...parts.values()].filter((own) => own.size > 1)).toEqual([]);
  expect(new Set(items.map(({ part }) => part))).toEqual(new Set(["train", "validation", "test"]));
  expect(splitWords).toContain("groups kept together");
}

/** None is in a group. */
const areApart = ({ items, splitWords }: Opened): void => {
  expect(items.filter(({ group }) => group !== undefined)).toEqual([]);
  expect(splitWords).not.toContain("groups");
};

test("none turns the groups of a usual column off, in texts, tables and pictures", async () => {
  const none = { groupFrom: "none" };
  areApart(await openTexts(platform, texts(), { labelled: true, ...none }));
  const rows = all.map((i) => `${i % 7},${i % 11},${person(i)},${i % 2 ? "a" : "b"}`);
  const table = write("none.csv", `x,y,patient,label\n${rows.join("\n")}\n`);
  areApart(await openTable(table, { platform, targets: ["label"], ...none }));
});

const texts = () =>
  write(
    "texts.csv",
    `text,label,group,who\n${all.map((i) => `text ${i},${i % 2 ? "a" : "b"},${person(i)},${person(i)}`).join("\n")}\n`,
  );

test("texts: groups come from a usual column, a named column, or a pattern for file names", async () => {
  const list = texts();
  keepsTogether(await openTexts(platform, list, { labelled: true }));
  keepsTogether(await openTexts(platform, list, { labelled: true, groupFrom: "who" }));
  for (const i of all) {
    mkdirSync(join(root, "folder", i % 2 ? "a" : "b"), { recursive: true });
    write(`folder/${i % 2 ? "a" : "b"}/${person(i)}_${i}.txt`, `text ${i}`);
  }
  const folder = join(root, "folder");
  keepsTogether(await openTexts(platform, folder, { labelled: true, groupFrom: "/(p[0-9]+)_" }));
  await expect(openTexts(platform, list, { labelled: true, groupFrom: "nobody" })).rejects.toMatchObject({
    message: 'groupFrom "nobody" fits no text',
    help: 'names are like "texts.csv, line 2", "texts.csv, line 3", "texts.csv, line 4" and 77 more; or name a column: "text", "label", "group", "who"',
  });
  await expect(openTexts(platform, list, { labelled: true, groupFrom: "(" })).rejects.toThrow(
    "groupFrom is no pattern: missing closing ): `(`",
  );
});

test("texts with several labels have groups", async () => {
  const list = write(
    "labels.csv",
    `text,labels,who\n${all.map((i) => `text ${i},${i % 2 ? "a|b" : "b"},${person(i)}`).join("\n")}\n`,
  );
  keepsTogether(await openTargetTexts(platform, list, labelTargets({}), { seed: 0, groupFrom: "who" }));
});

test("tables: the column of groups is no input", async () => {
  const list = write(
    "table.csv",
    `x,who,y\n${all.map((i) => `${i}.5,${person(i)},${i * 3}.25`).join("\n")}\n`,
  );
  const opened = await openTable(list, { platform, groupFrom: "who", targets: ["y"] });
  keepsTogether(opened);
  expect(opened.columns.map(({ name }) => name)).toEqual(["x"]);
  expect(opened.facts.unused).toEqual([leftOut("who", message("column-is-group"))]);
  await expect(openTable(list, { platform, groupFrom: "[a-z]+" })).rejects.toMatchObject({
    message: 'groupFrom "[a-z]+" is no column of "table.csv"',
    help: 'the rows of a table have no names for a pattern: name the column that holds the group; its columns are "x", "who", "y"',
  });
  await expect(openTable(list, { platform, groupFrom: "y", targets: ["y"] })).rejects.toThrow(
    'groupFrom "y" is the target column',
  );
});

test("pictures with numbers, labels and classes have groups", async () => {
  mkdirSync(join(root, "pictures"));
  for (const i of all)
    await picture(i)
      .png()
      .toFile(join(root, "pictures", `${person(i)}_${i}.png`));
  const rows = (last: (i: number) => string): string =>
    all.map((i) => `pictures/${person(i)}_${i}.png,${person(i)},${last(i)}`).join("\n");
  const numbers = write("numbers.csv", `image,person,size\n${rows((i) => `${i}.5`)}\n`);
  keepsTogether(await openPictures(platform, numbers, numberTargets(undefined), { cache: false }));
  keepsTogether(
    await openPictures(platform, numbers, numberTargets(undefined), {
      cache: false,
      groupFrom: "/(p[0-9]+)_",
    }),
  );
  const labels = write("tags.csv", `image,who,labels\n${rows((i) => (i % 2 ? "a|b" : "b"))}\n`);
  keepsTogether(await openPictures(platform, labels, labelTargets({}), { seed: 0, groupFrom: "who" }));
  const classes = write("classes.csv", `image,who,label\n${rows((i) => (i % 2 ? "a" : "b"))}\n`);
  keepsTogether(await openImages(classes, { platform, cache: false, groupFrom: "who" }));
}, 60_000);

test("sentences: groups come from a field of JSONL, or from documents between -DOCSTART- lines", async () => {
  const tags = (i: number) => (i % 2 ? ["B-A", "O"] : ["B-B", "O"]);
  const json = write(
    "sentences.jsonl",
    all.map((i) => JSON.stringify({ tokens: [`w${i}`, "x"], tags: tags(i), doc: person(i) })).join("\n"),
  );
  keepsTogether(await openEntities(platform, json, { groupFrom: "doc" }));
  const lines = all.flatMap((i) => [
    ...(i % 2 === 0 ? ["-DOCSTART- -X- O", ""] : []),
    `w${i} ${tags(i)[0]}`,
    "x O",
    "",
  ]);
  const columns = write("sentences.txt", lines.join("\n"));
  keepsTogether(await openEntities(platform, columns, { groupFrom: "document" }));
  // Without groupFrom, sentences are divided individually.
  expect((await openEntities(platform, columns)).splitWords).not.toContain("groups");
});

test("too few groups for a split are an error in training, but not in scoring", async () => {
  const list = write(
    "one.csv",
    `text,label,group\n${all.map((i) => `text ${i},${i % 2 ? "a" : "b"},same`).join("\n")}\n`,
  );
  await expect(openTexts(platform, list, { labelled: true })).rejects.toThrow(
    'part of "one.csv": its 80 texts are of 1 group, and a group is not divided',
  );
  expect((await openTexts(platform, list, { labelled: true, emptyParts: true })).items.length).toBe(80);
});

test("warns of groups across given splits", async () => {
  const list = write(
    "given.csv",
    `text,label,group,split\n${all.map((i) => `text ${i},${i % 2 ? "a" : "b"},${person(i)},${i < 50 ? "train" : i < 60 ? "val" : "test"}`).join("\n")}\n`,
  );
  const { warnings } = await openTexts(platform, list, { labelled: true });
  // People 0 … 39 are in train; 40 … 59 are people 0 … 19 again, 60 … 79 people 20 … 39.
  expect(warnings.find(({ code }) => code === "groups_across_parts")?.message).toContain(
    "of 30 groups on two sides",
  );
});
