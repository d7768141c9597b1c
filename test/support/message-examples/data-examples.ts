import type { dataEn } from "../../../src/core/messages/data-en.js";
import { type Examples, nothing } from "./examples.js";

export const dataExamples: Examples<typeof dataEn> = {
  "classes-named-like-splits": [
    { names: ["train"], more: 0, unit: "picture" },
    { names: ["a", "b", "c"], more: 1, unit: "clip" },
  ],
  "folders-beside-split": [{ names: ["extra"], more: 0 }],
  "links-not-followed": [{ links: 2, names: ["a/b"], more: 1 }],
  "data-in-folder": [{ folder: "flowers", unit: "picture" }],
  "files-of-other-splits": [{ names: ["extra.csv"], more: 0 }],
  "pictures-without-row": [{ pictures: 3, lists: '"metadata.csv"', names: ["a.png"], more: 2 }],
  "quotes-as-text": [{ file: "a.tsv" }],
  "bytes-left-out": [{ file: "a.parquet", names: ["raw"], more: 0 }],
  "decimal-commas": [{ names: ["price"], more: 0, from: "1,5", to: "1.5" }],
  "unclear-commas": [{ names: ["price"], more: 0, from: "1,500" }],
  "columns-left-out": [
    {
      columns: [
        { name: "id", why: "it only numbers the rows", message: { code: "column-counts-rows" } },
        { name: "x", why: "why" },
      ],
    },
  ],
  "unlabelled-rows": [{ rows: 1 }, { rows: 2000 }],
  "numbered-classes": [{ names: ["0", "1"], more: 0 }],
  "labels-never": [
    { labels: 1, names: ["book"], more: 0 },
    { labels: 4, names: ["a", "b", "c"], more: 1 },
  ],
  "labels-always": [{ labels: 2, names: ["book", "film"], more: 0 }],
  "samples-without-labels": [
    { samples: 1, of: 60 },
    { samples: 9, of: 60 },
  ],
  "one-label-each": nothing,
  "pictures-without-annotation": [{ pictures: 2, names: ["a.png", "b.png"], more: 0 }],
  "pictures-without-mask": [{ pictures: 2, names: ["a.png", "b.png"], more: 0 }],
  "classes-without-boxes": (["anywhere", "train", "test"] as const).map((where) => ({
    ...{ classes: 1, where, names: ["cat"], more: 0 },
  })),
  "boxes-cut-off": [
    { boxes: 1, first: "a.json, object 1" },
    { boxes: 4, first: "a.json, object 1" },
  ],
  "rotation-of-boxes": [
    { pictures: 2, after: true, decided: true },
    { pictures: 2, after: false, decided: false },
  ],
  "lines-with-four-corners": [{ lines: 5 }],
  "annotations-without-split": [{ files: 2, names: ["a.xml", "b.xml"], more: 0 }],
  "objects-without-outline": [{ objects: 1 }, { objects: 3 }],
  "sentences-cut": [{ sentences: 2, of: 60, tokens: 512, words: 40 }],
};
