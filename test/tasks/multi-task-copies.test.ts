// Several tasks share one division: copies, near copies and groups are in one split, whichever task labels them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { warningText } from "../../src/core/messages/message.js";
import type { BaseClassification } from "../../src/core/results/task.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openSources } from "../../src/tasks/several/open-sources.js";
import { picture } from "../support/pictures.js";
import { wavOf } from "../support/sound-files.js";

const root = mkdtempSync(join(tmpdir(), "engraft-task-copies-"));
const path = (...parts: string[]) => join(root, ...parts);
/** Pictures or clips, each with a near copy: compressed, or half as loud. */
const many = 40;

/** A clip of tones below 900 Hz, by which copies are found, that change every 50 ms, other ones in each. */
function melody(i: number): Float32Array {
  const pitch = (block: number) => 150 + ((7919 * (block + 1) * (i + 3)) % 701);
  const samples = Float32Array.from(
    { length: 16_000 },
    (_, t) => 0.3 * Math.sin((2 * Math.PI * pitch(Math.floor(t / 800)) * t) / 16_000),
  );
  samples[8000] = 0.9;
  return samples;
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  for (let i = 0; i < many; i++) {
    await picture(i, 48, 48)
      .png()
      .toFile(path(`${i}.png`));
    await picture(i, 48, 48)
      .jpeg({ quality: 60 })
      .toFile(path(`near${i}.jpg`));
    writeFileSync(path(`${i}.wav`), wavOf([melody(i)]));
    writeFileSync(path(`near${i}.wav`), wavOf([melody(i).map((x) => 0.5 * x)]));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const kinds = {
  pictures: { task: "image-classification", header: "image", first: "png", near: "jpg" },
  clips: { task: "audio-classification", header: "audio", first: "wav", near: "wav" },
} as const;

async function opened(
  task: BaseClassification,
  lists: Readonly<Record<string, { readonly rows: readonly string[]; readonly column?: string }>>,
) {
  const sources = Object.entries(lists).map(([name, { rows, column }]) => {
    const file = column === undefined ? `${name}.csv` : "list.csv";
    writeFileSync(path(file), rows.join("\n"));
    return { name, path: path(file), ...(column !== undefined && { column }) };
  });
  const how = { platform: nodePlatform, options: {}, seed: 0, run: root, whole: false } as const;
  return openSources(sources, task, { ...how, onEvent: () => {}, signal: undefined });
}
type Data = Awaited<ReturnType<typeof opened>>;

/** Returns the splits of the samples of each number in their file names. */
function partsByNumber({ items }: Data): Map<string, Set<string>> {
  const parts = new Map<string, Set<string>>();
  for (const { id, part } of items) {
    const number = /(\d+)\.\w+$/.exec(id)![1]!;
    parts.set(number, (parts.get(number) ?? new Set()).add(part));
  }
  return parts;
}
const dividedIn = (data: Data): string[] =>
  [...partsByNumber(data)].filter(([, parts]) => parts.size > 1).map(([number]) => number);

test.each(["pictures", "clips"] as const)(
  "near-equal %s with labels in different columns are in one split",
  { tags: ["thorough"] },
  async (kind) => {
    const { task, header, first, near } = kinds[kind];
    const rows = [
      `${header},kind,parity`,
      ...Array.from({ length: many }, (_, i) => [
        `${i}.${first},k${i % 2},`,
        `near${i}.${near},,p${Math.floor(i / 2) % 2}`,
      ]).flat(),
    ];
    const data = await opened(task, { kind: { rows, column: "kind" }, parity: { rows, column: "parity" } });
    expect(data.items).toHaveLength(2 * many);
    expect(dividedIn(data)).toEqual([]);
    // 0.15 · 20 = 3 of each class of the first task.
    const tested = data.items.filter(({ part, labels }) => part === "test" && labels[0]! >= 0);
    expect(tested).toHaveLength(6);
    for (const item of data.items) expect(item).not.toHaveProperty("print");
  },
);

test.each(["pictures", "clips"] as const)(
  "equal and near-equal %s of several lists are in one split",
  { tags: ["thorough"] },
  async (kind) => {
    const { task, header, first, near } = kinds[kind];
    const list = (rows: readonly string[]) => ({ rows: [`${header},label`, ...rows] });
    const numbers = Array.from({ length: many }, (_, i) => i);
    const data = await opened(task, {
      kind: list(numbers.map((i) => `${i}.${first},k${i % 2}`)),
      parity: list(
        numbers.map((i) => `${i % 3 === 0 ? `${i}.${first}` : `near${i}.${near}`},p${Math.floor(i / 2) % 2}`),
      ),
    });
    expect(data.items).toHaveLength(many + numbers.filter((i) => i % 3 !== 0).length);
    expect(dividedIn(data)).toEqual([]);
    expect(data.warnings).toEqual([]);
  },
);

test("a group with samples in several lists is in one split", async () => {
  const list = (from: number) => ({
    rows: [
      "image,label,group",
      ...Array.from({ length: many / 2 }, (_, i) => `${2 * i + from}.png,k${i % 2},g${i}`),
    ],
  });
  const { items } = await opened("image-classification", { even: list(0), odd: list(1) });
  const parts = new Map<string, Set<string>>();
  for (const { group, part } of items) parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
  expect(parts.size).toBe(many / 2);
  expect([...parts.values()].filter((one) => one.size > 1)).toEqual([]);
});

/** A list whose splits are given: train, then validation, then test. */
const given = (fileOf: (i: number) => string, turn: number) => ({
  rows: [
    "image,label,split",
    ...Array.from({ length: many }, (_, i) => {
      const at = (i + turn) % many;
      return `${fileOf(i)},k${i % 2},${at < 24 ? "train" : at < 32 ? "val" : "test"}`;
    }),
  ],
});

test.each([
  ["equal", (i: number) => `${i}.png`],
  ["near-equal", (i: number) => `near${i}.jpg`],
])(
  "%s pictures with contradicting given splits stay out of training, with their number",
  async (_, other) => {
    const data = await opened("image-classification", {
      kind: given((i) => `${i}.png`, 0),
      // Shifted by 4: of each number 4 … 7 before the end of a split the second task says the next one; of the last 4, train.
      parity: given(other, 4),
    });
    expect(dividedIn(data)).toEqual([]);
    const testNumbers = [...partsByNumber(data)].filter(([, parts]) => parts.has("test"));
    // 32 … 39 by the first task, 28 … 35 by the second.
    expect(testNumbers.map(([number]) => Number(number)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => 28 + i),
    );
    // 20 … 23: train and validation; 28 … 31: validation and test; 36 … 39: test and train.
    const unit = "picture";
    const said = warningText("shared_samples", {
      code: "task-splits-differ",
      values: { samples: 12, unit, test: 8 },
    });
    expect(data.warnings).toEqual([expect.objectContaining({ message: said.message })]);
    expect(said.message).toBe(
      "the tasks give 12 pictures, their copies or their groups different splits: each is in the split that learns least from it, 8 in test",
    );
  },
);

test("a list without splits follows the given splits of another task", async () => {
  const rows = ["image,label", ...Array.from({ length: many }, (_, i) => `near${i}.jpg,p${i % 2}`)];
  const data = await opened("image-classification", {
    parity: { rows },
    kind: given((i) => `${i}.png`, 0),
  });
  expect(dividedIn(data)).toEqual([]);
  for (const [number, parts] of partsByNumber(data))
    expect([...parts]).toEqual([Number(number) < 24 ? "train" : Number(number) < 32 ? "validation" : "test"]);
  expect(data.warnings).toEqual([]);
});
