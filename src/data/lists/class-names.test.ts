/** Numbers of classes and their names: from the dataset card, or from the option. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { openComposedData } from "../../tasks/composed/composed-run.js";
import { taskOf } from "../../tasks/detect.js";
import { labels } from "../../tasks/labels/labels.js";
import { openEntities } from "../entities/open-entities.js";
import { openImages } from "../images/open-images.js";
import { openTable } from "../tables/open-table.js";
import { openTexts } from "../texts/index.js";
import { textsOfFile } from "../texts/listed-texts.js";

/** Opens items with several labels of any kind. */
const openLabelItems = (platform: Platform, path: string, options = {}) =>
  openComposedData("multi-label-classification", ["audio", "image", "text"], labels, path, {
    ...{ platform, options, seed: 0, onEvent: () => undefined, signal: undefined },
  });

type Tree = Readonly<Record<string, string | number>>;

/** Does something with a tree of files; of an error its text. */
const within = <T>(tree: Tree, work: (at: (name: string) => string, platform: Platform) => Promise<T>) =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    try {
      return await work((name) => join(folder, name), platformIn(folder));
    } catch (error) {
      if (error instanceof EngraftError) return error.format().replaceAll(folder, "DATA");
      throw error;
    }
  });

const rows = (n: number, of: (i: number) => string): string =>
  `${Array.from({ length: n }, (_, i) => of(i)).join("\n")}\n`;
const csv = `text,label\n${rows(20, (i) => `a text ${i},${i % 2}`)}`;

/** As the hub writes it: https://huggingface.co/docs/hub/datasets-cards, `dataset_info`. */
const card = `---
license: mit
dataset_info:
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': negative
          '1': positive
  - name: ner_tags
    sequence:
      class_label:
        names:
          '0': O
          '1': B-PER
  - name: topics
    list:
      class_label:
        names: ['sport', 'money', 'arts']
  splits:
  - name: train
    num_examples: 20
---
# A data set
`;

test("takes class names from the dataset card next to a list or one folder above", async () => {
  const classes = (tree: Tree, path: string) =>
    within(tree, async (at, platform) => (await openTexts(platform, at(path), { labelled: true })).classes);
  expect(await classes({ "a.csv": csv, "README.md": card }, "a.csv")).toEqual(["negative", "positive"]);
  expect(await classes({ "data/train.csv": csv, "README.md": card }, ".")).toEqual(["negative", "positive"]);
  expect(await classes({ "a.csv": csv, "README.md": "# none\n" }, "a.csv")).toEqual(["0", "1"]);
  expect(await classes({ "a.csv": csv, "README.md": "---\n: [\nclass_label\n---\n" }, "a.csv")).toEqual([
    "0",
    "1",
  ]);
  const named = csv.replaceAll(",0", ",bad").replaceAll(",1\n", ",good\n");
  expect(await classes({ "a.csv": named, "README.md": card }, "a.csv")).toEqual(["bad", "good"]);
});

test("takes the configuration with the folder's name, else the default one", async () => {
  const config = (name: string, ...names: string[]) =>
    `- config_name: ${name}\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names: [${names}]\n`;
  const readme = `---\ndataset_info:\n${config("default", "no", "yes")}${config("films", "bad", "good")}---\n`;
  await within({ "README.md": readme, "films/train.csv": csv, "a.csv": csv }, async (at, platform) => {
    expect((await openTexts(platform, at("films"), { labelled: true })).classes).toEqual(["bad", "good"]);
    expect((await openTexts(platform, at("a.csv"), { labelled: true })).classes).toEqual(["no", "yes"]);
  });
});

test("every task uses the card's class names", async () => {
  const pictures = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.png`, i]));
  await within(
    { ...pictures, "l.csv": `image,label\n${rows(20, (i) => `${i}.png,${i % 2}`)}`, "README.md": card },
    async (at, platform) => {
      expect((await openImages(at("l.csv"), { platform })).classes).toEqual(["negative", "positive"]);
    },
  );
  await within(
    {
      "t.csv": `rooms,label\n${rows(20, (i) => `${i},${i % 2}`)}`,
      "e.jsonl": rows(12, (i) => `{"tokens":["Ada","${i}"],"ner_tags":[1,0]}`),
      "m.jsonl": rows(12, (i) => `{"text":"text ${i}","topics":[${i % 3},2]}`),
      "README.md": card,
    },
    async (at, platform) => {
      expect((await openTable(at("t.csv"), { platform })).classes).toEqual(["negative", "positive"]);
      expect((await openEntities(platform, at("e.jsonl"))).labels).toEqual(["O", "B-PER", "I-PER"]);
      const labels = await openLabelItems(platform, at("m.jsonl"), { labels: "topics" });
      expect(labels.classes).toEqual(["arts", "money", "sport"]);
      expect(await taskOf(platform, at("m.jsonl"), {})).toBe("multi-label-classification");
    },
  );
});

test("--class-names overrides the card, and applies to the target column or the first usual one", async () => {
  await within({ "a.csv": csv, "README.md": card }, async (at, platform) => {
    const data = await openTexts(platform, at("a.csv"), { labelled: true, classNames: "bad, good" });
    expect(data.classes).toEqual(["bad", "good"]);
  });
  const mood = csv.replace("label", "mood").replaceAll(",1\n", ",1.0\n");
  await within({ "a.csv": mood }, async (at, platform) => {
    const how = { labelled: true, label: "mood", classNames: "bad,good" };
    expect((await openTexts(platform, at("a.csv"), how)).classes).toEqual(["bad", "good"]);
  });
  const tags = rows(12, (i) => `{"tokens":["Ada","${i}"],"ner_tags":[1,0]}`);
  await within({ "e.jsonl": tags }, async (at, platform) => {
    expect((await openEntities(platform, at("e.jsonl"), { classNames: "O,B-PER" })).types).toEqual(["PER"]);
  });
});

test.each([
  ["too few", "one", 'has 2 classes in "label", numbered 0 to 1, and --class-names gives 1 name: "one"'],
  [
    "too many",
    "a,b,c",
    'has 2 classes in "label", numbered 0 to 1, and --class-names gives 3 names: "a", "b", "c"',
  ],
  ["twice", "a,a", 'classNames is "a,a"'],
  ["empty", "a,,b", 'classNames is "a,,b"'],
])(
  "refuses names that do not match the number of classes, with both numbers: %s",
  async (_, classNames, message) => {
    const error = await within({ "a.csv": csv }, (at, platform) =>
      openTexts(platform, at("a.csv"), { labelled: true, classNames }),
    );
    expect(error).toContain(message);
  },
);

test("refuses class names that do not match the data", async () => {
  const three = `text,label\n${rows(21, (i) => `a text ${i},${i % 3}`)}`;
  const errorOf = (tree: Tree, path: string, classNames?: string) =>
    within(tree, (at, platform) =>
      openTexts(platform, at(path), { labelled: true, ...(classNames && { classNames }) }),
    );
  expect(await errorOf({ "a.csv": three, "README.md": card }, "a.csv")).toBe(
    'DataError: "a.csv" has 3 classes in "label", numbered 0 to 2, and the dataset card README.md gives 2 names: "negative", "positive"\n  help: correct it, or give --class-names A,B,…',
  );
  expect(await errorOf({ "a.csv": "text,label\na,x\nb,y\n" }, "a.csv", "x,y")).toMatch(
    /has no numbers of classes in "label"\n {2}help: leave out --class-names/,
  );
  expect(await errorOf({ "a.csv": csv.replace("label", "mood") }, "a.csv", "x,y")).toMatch(
    /has no column of a usual name for classes\n {2}help: say which column the names are for: --target NAME/,
  );
  expect(await errorOf({ "x/1.txt": "a", "y/1.txt": "b" }, ".", "x,y")).toMatch(
    /^OptionError: classNames is for lists with numbers of classes, and the folders name the classes\n/,
  );
  expect(
    await within({ "a/1.png": 1, "b/1.png": 2 }, (at, platform) =>
      openImages(at("."), { platform, classNames: "x,y" }),
    ),
  ).toMatch(/^OptionError: classNames is for lists with numbers of classes/);
});

test("data for scoring may have fewer classes than names", async () => {
  const one = `text,label\n${rows(8, (i) => `a text ${i},0`)}`;
  await within({ "a.csv": one }, async (at, platform) => {
    const how = { labelled: true, alone: true, classNames: "bad,good" };
    expect((await openTexts(platform, at("a.csv"), how)).classes).toEqual(["bad"]);
  });
});

test("skips rows of class -1 in training, and keeps them for prediction", async () => {
  const hidden = `text,label\n${rows(6, (i) => `another text ${i},-1`)}`;
  const tree = { "train.csv": csv, "test.csv": hidden, "README.md": card };
  await within(tree, async (at, platform) => {
    const data = await openTexts(platform, at("."), { labelled: true });
    expect(data.items).toHaveLength(20);
    expect(data.warnings.map(({ message }) => message)).toEqual([
      "6 rows left out: the class is -1, which means that there is none",
    ]);
    expect(data.splitMessages).toMatchObject([{ code: "split-shares" }, { code: "only-train-given" }]);
    expect(await textsOfFile(platform, at("test.csv"))).toHaveLength(6);
  });
});
