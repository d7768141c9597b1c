// Dataset cards with `configs`, as https://huggingface.co/docs/hub/datasets-manual-configuration shows them.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { inFolder } from "../../../test/support/pictures.js";
import { nodePlatform } from "../../platform/node.js";
import { openTexts } from "../texts/index.js";
import { findLists } from "./find-lists.js";

const rows = (from: number, n: number): string =>
  ["text,label", ...Array.from({ length: n }, (_, i) => `a text ${from + i},${i % 2 ? "good" : "bad"}`)].join(
    "\n",
  );
const card = (yaml: string): string => `---\nlicense: mit\n${yaml}\n---\n# A dataset\n`;

/** Lays files out, and finds the lists of the folder. */
const lists = (files: Readonly<Record<string, string>>) =>
  inFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const found = await findLists(nodePlatform.files, folder);
    const data = found && (await openTexts(nodePlatform, folder, { labelled: true }));
    return { found: found?.files, warnings: found?.warnings, items: data?.items, classes: data?.classes };
  });

const parts = (items: readonly { readonly part: string }[] | undefined) =>
  Object.fromEntries(
    ["train", "validation", "test"].map((part) => [part, items?.filter((one) => one.part === part).length]),
  );

test("reads the path of each split, independent of file names", async () => {
  const { found, items, classes } = await lists({
    "README.md": card(
      "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data.csv\n  - split: test\n    path: holdout.csv",
    ),
    "data.csv": rows(0, 20),
    "holdout.csv": rows(20, 8),
  });
  expect(found).toEqual([
    { name: "data.csv", part: "train" },
    { name: "holdout.csv", part: "test" },
  ]);
  expect(classes).toEqual(["bad", "good"]);
  expect(parts(items)).toMatchObject({ test: 8 });
});

test("reads several files of a split, and names the skipped files of other splits", async () => {
  const { found, warnings } = await lists({
    "README.md": card(
      [
        "configs:",
        "- config_name: default",
        "  data_files:",
        "  - split: train",
        "    path:",
        '    - "data/part-*.csv"',
        "    - more.csv",
        "  - split: validation",
        '    path: "held/**/*.csv"',
        "  - split: unlabelled",
        "    path: rest.csv",
      ].join("\n"),
    ),
    "data/part-0.csv": rows(0, 10),
    "data/part-1.csv": rows(10, 10),
    "more.csv": rows(20, 4),
    "held/out/a.csv": rows(30, 6),
    "rest.csv": "text\nnothing\n",
  });
  expect(found).toEqual([
    { name: "data/part-0.csv", part: "train" },
    { name: "data/part-1.csv", part: "train" },
    { name: "more.csv", part: "train" },
    { name: "held/out/a.csv", part: "validation" },
  ]);
  expect(warnings![0]!.message).toContain('"rest.csv"');
});

test("a glob matches within names and across folders, and many stars take no longer", async () => {
  const files = {
    "data/a1.csv": rows(0, 20),
    "b/c/a2.csv": rows(20, 8),
    [`${"a".repeat(200)}.csv`]: rows(30, 9),
  };
  const namesOf = async (path: string) => {
    const found = await lists({ ...files, "README.md": card(`configs:\n- data_files: '${path}'`) });
    return found.found?.map(({ name }) => name);
  };
  expect(await namesOf("./data/?1.csv")).toEqual(["data/a1.csv"]);
  expect(await namesOf("**/a[12].csv").catch(({ message }) => message)).toMatch(/no file fits/);
  expect(await namesOf("**/a?.csv")).toEqual(["b/c/a2.csv", "data/a1.csv"]);
  expect(await namesOf("b/**.csv")).toEqual(["b/c/a2.csv"]);
  // As a regular expression, this one runs for hours.
  expect(await namesOf(`${"*a".repeat(40)}*b`).catch(({ message }) => message)).toMatch(/no file fits/);
});

test("ignores a card that is nested too deep: to parse it takes hours", async () => {
  const { found } = await lists({
    "README.md": card(`configs:\n- data_files: ${"{".repeat(5000)}`),
    "train.csv": rows(0, 20),
  });
  expect(found?.map(({ name }) => name)).toEqual(["train.csv"]);
});

test("a path without splits gets the default split", async () => {
  const { found, items } = await lists({
    "README.md": card("configs:\n- config_name: main\n  data_files: all.csv"),
    "all.csv": rows(0, 40),
    "other.csv": "a,b\n1,2\n",
  });
  expect(found).toEqual([{ name: "all.csv" }]);
  expect(Object.values(parts(items)).every((n) => n! > 0)).toBe(true);
});

test("reads the default of several configurations; without a default, the error names all", async () => {
  const configs = (more: string): string =>
    card(
      `configs:\n- config_name: english\n  data_files: en.csv\n- config_name: german\n  data_files: de.csv${more}`,
    );
  const files = { "en.csv": rows(0, 20), "de.csv": rows(20, 30) };
  const chosen = await lists({ "README.md": configs("\n  default: true"), ...files });
  expect(chosen.found).toEqual([{ name: "de.csv" }]);
  await expect(lists({ "README.md": configs(""), ...files })).rejects.toThrow(
    'the dataset card has 2 configurations: "english", "german"',
  );
});

test("the error for a pattern without a file names the pattern", async () => {
  const files = {
    "README.md": card(
      "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: gone-*.csv",
    ),
    "other.csv": rows(0, 20),
  };
  await expect(lists(files)).rejects.toThrow(
    'no file fits "gone-*.csv", the train split of the dataset card',
  );
});

test("ignores a card without configurations or with folders of pictures only", async () => {
  const files = { "train.csv": rows(0, 20), "test.csv": rows(20, 8) };
  const usual = [
    { name: "train.csv", part: "train" },
    { name: "test.csv", part: "test" },
  ];
  expect((await lists({ "README.md": "# configs: none", ...files })).found).toEqual(usual);
  const ofFolder = card("configs:\n- config_name: default\n  data_dir: data");
  expect((await lists({ "README.md": ofFolder, ...files })).found).toEqual(usual);
});
