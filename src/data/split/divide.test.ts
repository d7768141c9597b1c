import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { wavOf } from "../../../test/support/sound-files.js";
import type { Part } from "../../core/events/events.js";
import { draws } from "../../core/random.js";
import { nodePlatform } from "../../platform/node.js";
import { openEntities } from "../entities/open-entities.js";
import { openPictures } from "../images/listed-samples.js";
import { openImages } from "../images/open-images.js";

import { openSounds, openSoundTargets } from "../sounds/open-sounds.js";
import { openTable } from "../tables/open-table.js";
import { labelTargets, numberTargets } from "../targets.js";
import { openTexts } from "../texts/listed-texts.js";
import { openTargetTexts } from "../texts/target-texts.js";
import { divide } from "./divide.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-divide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** Contents of 36 samples: number 4 is a copy of number 30, number 20 one of number 31, number 5 one of number 21. */
const content = (i: number): number => (({ 4: 30, 20: 31, 5: 21 }) as Record<number, number>)[i] ?? i;
const partOf = (i: number): Part => (i < 18 ? "train" : i < 27 ? "validation" : "test");
const samples = Array.from({ length: 36 }, (_, i) => i);
const list = (header: string, cells: (i: number) => string): string =>
  `${header},split\n${samples.map((i) => `${cells(i)},${partOf(i)}`).join("\n")}\n`;

const pictures = async (): Promise<void> => {
  for (const i of samples) {
    const draw = draws(0, "pixels", content(i));
    const data = Uint8Array.from({ length: 3 * 32 * 32 }, () => draw.integer(256));
    const raw = { width: 32, height: 32, channels: 3 } as const;
    write(`${i}.png`, await sharp(data, { raw }).png().toBuffer());
  }
};
const clips = (): void => {
  for (const i of samples) {
    const draw = draws(0, "sound", content(i));
    write(`${i}.wav`, wavOf([Float64Array.from({ length: 4000 }, () => draw.normal() / 4)]));
  }
};

interface Case {
  readonly open: () => Promise<{
    readonly items: readonly { readonly id: string; readonly part: Part }[];
    readonly duplicates: { readonly exact: number; readonly acrossParts: number };
    readonly leaks?: readonly {
      readonly item: string;
      readonly other: string;
      readonly left_out?: boolean;
    }[];
    readonly warnings: readonly { readonly code: string; readonly message: string }[];
  }>;
  readonly name: (i: number) => string;
}
const inLine = (file: string) => (i: number) => `${file}, line ${i + 2}`;
const label = (i: number): string => (content(i) % 2 ? "a" : "b");
const words = (i: number): string => `w${content(i)} is what sample number ${content(i)} says`;
const cases: Readonly<Record<string, Case>> = {
  "pictures with classes": {
    open: async () => {
      await pictures();
      return openImages(
        write(
          "classes.csv",
          list("file,label", (i) => `${i}.png,${label(i)}`),
        ),
      );
    },
    name: (i) => `${i}.png`,
  },
  "pictures with numbers": {
    open: async () => {
      await pictures();
      const path = write(
        "targets.csv",
        list("file,size", (i) => `${i}.png,${content(i) + 0.5}`),
      );
      return openPictures(nodePlatform, path, numberTargets(["size"]));
    },
    name: (i) => `${i}.png`,
  },
  "clips with classes": {
    open: async () => {
      clips();
      return openSounds(
        nodePlatform,
        write(
          "clips.csv",
          list("file,label", (i) => `${i}.wav,${label(i)}`),
        ),
      );
    },
    name: (i) => `${i}.wav`,
  },
  "clips with numbers": {
    open: async () => {
      clips();
      const path = write(
        "pumps.csv",
        list("file,size", (i) => `${i}.wav,${content(i) + 0.5}`),
      );
      return openSoundTargets(nodePlatform, path, numberTargets(["size"]));
    },
    name: (i) => `${i}.wav`,
  },
  "texts with a class": {
    open: () =>
      openTexts(
        nodePlatform,
        write(
          "texts.csv",
          list("text,label", (i) => `${words(i)},${label(i)}`),
        ),
        { labelled: true },
      ),
    name: inLine("texts.csv"),
  },
  "texts with labels": {
    open: () =>
      openTargetTexts(
        nodePlatform,
        write(
          "labels.csv",
          list("text,labels", (i) => `${words(i)},"${label(i)};c${content(i) % 3}"`),
        ),
        labelTargets({}),
        { seed: 0 },
      ),
    name: inLine("labels.csv"),
  },
  "sentences with tags": {
    open: () => {
      const line = (i: number) =>
        JSON.stringify({
          tokens: ["Ada", `met`, `w${content(i)}`],
          tags: ["B-PER", "O", "O"],
          split: partOf(i),
        });
      return openEntities(nodePlatform, write("tags.jsonl", samples.map(line).join("\n")));
    },
    name: (i) => `tags.jsonl, line ${i + 1}`,
  },
};

test.each(Object.entries(cases))(
  "%s: a copy of a test sample leaves train and validation, one of validation leaves train",
  async (_, { open, name }) => {
    const { items, duplicates, warnings, leaks } = await open();
    const partsOf = new Map(items.map(({ id, part }) => [id, part]));
    const kept = samples.filter((i) => ![4, 20, 5].includes(i));
    expect(partsOf).toEqual(new Map(kept.map((i) => [name(i), partOf(i)])));
    expect(duplicates).toMatchObject({ exact: 3, acrossParts: 3 });
    const found = warnings.filter(({ code }) => code.startsWith("exact_duplicates"));
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toMatch(/^3 \w+ left out: /);
    // Texts are taken out before their labels are known, so their pairs are counted only.
    if (leaks && leaks.length > 0)
      expect(new Map(leaks.map(({ item, other, left_out }) => [item, [other, left_out]]))).toEqual(
        new Map([
          [name(4), [name(30), true]],
          [name(5), [name(21), true]],
          [name(20), [name(31), true]],
        ]),
      );
  },
);

test("equal rows of a table stay where they are given, and the run counts those of another split", async () => {
  const path = write(
    "rows.csv",
    list("a,b,price", (i) => `${content(i)},${content(i) ** 2},${content(i) + 0.5}`),
  );
  const { items, duplicates, warnings } = await openTable(path, { targets: ["price"] });
  expect(items.map(({ part }) => part)).toEqual(samples.map(partOf));
  expect(duplicates).toMatchObject({ exact: 3, acrossParts: 3 });
  expect(warnings.filter(({ code }) => code === "copies_across_parts").map(({ message }) => message)).toEqual(
    [
      "3 rows equal one of another split, 2 of them as one of the test split: the test score may be optimistic",
    ],
  );
});

test("a published test split keeps its repeated sentences", async () => {
  const line = (i: number, split: string) =>
    JSON.stringify({ tokens: ["Ada", "met", `w${i}`], tags: ["B-PER", "O", "O"], split });
  const train = Array.from({ length: 20 }, (_, i) => line(i % 18, "train"));
  const test = Array.from({ length: 13 }, (_, i) => line(100 + (i % 10), "test"));
  const { items } = await openEntities(
    nodePlatform,
    write("published.jsonl", [...train, ...test].join("\n")),
  );
  expect(items.filter(({ part }) => part === "test")).toHaveLength(13);
  expect(items.filter(({ part }) => part !== "test")).toHaveLength(18);
});

test("a sample without a split counts as one of the training split", () => {
  const all = Array.from({ length: 20 }, (_, i) => ({
    id: `${i}`,
    sha256: `${i === 3 ? 19 : i}`,
    given: i > 14 ? ("test" as const) : undefined,
  }));
  const exact = all.map((_, i) => (i === 19 ? 3 : i));
  const named = all.map((one, i) => (i === 0 ? { ...one, given: "train" as const } : one));
  const { kept } = divide(
    named,
    { bin: all.map(() => 0), bins: 1 },
    { exact, near: exact },
    { seed: 0, unit: "picture", root: "data" },
    [],
    [],
  );
  expect(kept).not.toContain(3);
});

/** Divides 20 groups of one to five texts of two classes. @param given split of a group, if the data name one */
function divided(given: (group: number) => Part | undefined) {
  const numbers = Array.from({ length: 20 }, (_, group) => Array<number>(1 + (group % 5)).fill(group)).flat();
  const all = numbers.map((group, i) => ({
    ...{ id: `${i}`, given: given(group), sha256: `${i}`.padStart(8, "0"), group: `group ${group}` },
  }));
  const each = all.map((_, i) => i);
  const strata = { bin: each.map((i) => i % 2), bins: 2 };
  const copies = { exact: each, near: each };
  const { parts, origin } = divide(all, strata, copies, { seed: 0, unit: "text", root: "data" }, [], []);
  const splits = new Map<string, Set<Part>>();
  for (const [i, { group }] of all.entries())
    splits.set(group, (splits.get(group) ?? new Set()).add(parts[i]!));
  return { splits, parts, origin };
}

test("groups stay together", () => {
  const { splits, parts } = divided(() => undefined);
  for (const [group, own] of splits) expect([...own], group).toHaveLength(1);
  expect(new Set(parts)).toEqual(new Set(["train", "validation", "test"]));
});

test("groups stay together too where the data name test samples among the others", () => {
  // The samples that remain have other numbers than in the data.
  const { splits, parts, origin } = divided((group) => (group % 4 === 0 ? "test" : "train"));
  for (const [group, own] of splits) expect([...own], group).toHaveLength(1);
  // Groups 0, 4, 8, 12 and 16, with 1, 5, 4, 3 and 2 samples.
  expect(parts.filter((part) => part === "test")).toHaveLength(15);
  expect(parts).toContain("validation");
  expect(origin.map(({ code }) => code)).toEqual(["test-given", "validation-taken", "groups-together"]);
});

test("the origin says how many near copies are not on one side, as many as the count of copies in another split", () => {
  const all = Array.from({ length: 40 }, (_, i) => ({
    id: `${i}`,
    sha256: `${i}`.padStart(8, "0"),
    given: undefined,
  }));
  const divided = (size: number) => {
    const near = all.map((_, i) => (i < size ? 0 : i));
    const copies = { exact: all.map((_, i) => i), near };
    const strata = { bin: all.map(() => 0), bins: 1 };
    return divide(all, strata, copies, { seed: 0, unit: "text", root: "data" }, [], []);
  };
  const { origin, acrossParts } = divided(36);
  expect(acrossParts).toBeGreaterThan(0);
  expect(origin[0]).toMatchObject({ values: { together: "near copies", apart: acrossParts } });
  const fits = divided(2);
  expect(fits.acrossParts).toBe(0);
  expect(JSON.stringify(fits.origin)).not.toContain("apart");
});
