import { expect, test } from "vitest";
import { spanFieldOf, wordsOfSpans } from "./read-spans.js";

const read = (values: Readonly<Record<string, unknown>>) => {
  const { words, tags } = wordsOfSpans(values, spanFieldOf(values) ?? "label", "d.jsonl", 3);
  return words.map((word, i) => `${word}/${tags[i]}`).join(" ");
};

test.each([
  [
    "Doccano",
    {
      text: "Dan Marsh lives in Cairo.",
      label: [
        [0, 9, "PER"],
        [19, 24, "LOC"],
      ],
    },
  ],
  [
    "Prodigy",
    {
      text: "Dan Marsh lives in Cairo.",
      spans: [
        { start: 19, end: 24, label: "LOC" },
        { start: 0, end: 9, label: "PER" },
      ],
    },
  ],
  [
    "spaCy",
    {
      text: "Dan Marsh lives in Cairo.",
      entities: [
        [0, 9, "PER"],
        [19, 24, "LOC"],
      ],
    },
  ],
  [
    "Doccano's relations",
    {
      text: "Dan Marsh lives in Cairo.",
      entities: [
        { id: 1, start_offset: 0, end_offset: 9, label: "PER" },
        { id: 2, start_offset: 19, end_offset: 24, label: "LOC" },
      ],
    },
  ],
])("entities as positions become words with tags: %s", (_, values) => {
  expect(read(values)).toBe("Dan/B-PER Marsh/I-PER lives/O in/O Cairo/B-LOC ./O");
});

test("positions count characters, not their halves, and words end where an entity does", () => {
  expect(read({ text: "🙂 Ada's house", label: [[2, 5, "PER"]] })).toBe("🙂/O Ada/B-PER '/O s/O house/O");
  expect(read({ text: "Neuberlin", label: [[3, 9, "LOC"]] })).toBe("Neu/O berlin/B-LOC");
  expect(
    read({
      text: "李明住在北京",
      label: [
        [0, 2, "PER"],
        [4, 6, "LOC"],
      ],
    }),
  ).toBe("李/B-PER 明/I-PER 住/O 在/O 北/B-LOC 京/I-LOC");
});

test("other lists are no entities", () => {
  for (const values of [
    { text: "a", label: ["x", "y"] },
    { text: "a", label: [] },
    { label: [[0, 1, "X"]] },
    { text: "a", label: [[0, 1]] },
    { text: "a", label: "x" },
  ])
    expect(spanFieldOf(values)).toBeUndefined();
});

const outside = (span: unknown): string =>
  `has the entity ${JSON.stringify(span)} in a text of 9 characters in "label"`;
test.each([
  [[[0, 30, "PER"]], outside([0, 30, "PER"])],
  [[[4, 4, "PER"]], outside([4, 4, "PER"])],
  [[[-1, 4, "PER"]], outside([-1, 4, "PER"])],
  [
    [
      [0, 5, "PER"],
      [4, 9, "LOC"],
    ],
    'has entities that overlap at character 4 in "label"',
  ],
  [[[0, 5, "PER"], "x"], 'has "x" for an entity in "label"'],
  ["PER", 'has no list of entities in "label"'],
])("damaged positions are refused with the line: %j", (label, what) => {
  expect(() => wordsOfSpans({ text: "Dan Marsh", label }, "label", "d.jsonl", 3)).toThrow(
    `"d.jsonl", line 3 ${what}`,
  );
});
