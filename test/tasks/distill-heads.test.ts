// A model with several heads as a teacher: the head with the classes of the data teaches, and others are refused.
// @module-tag thorough
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";
import { distill, trainTasks } from "../../src/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-distill-heads-"));
const path = (...parts: string[]) => join(root, ...parts);
const kinds = ["ant", "bee"];
const each = 16;

/** Rows with a cell for each column: the kind, and two that follow the number. */
const rowsOf = (columns: readonly string[]): string[] =>
  kinds.flatMap((kind) =>
    Array.from({ length: each }, (_, i) => {
      const parity = i % 2 === 0 ? "even" : "odd";
      const cells: Readonly<Record<string, string>> = { kind, parity, label: parity, swapped: parity };
      return [`data/${kind}/${i}.png`, ...columns.map((name) => cells[name]!)].join(",");
    }),
  );
const list = (file: string, columns: readonly string[]): void =>
  writeFileSync(path(file), [["image", ...columns].join(), ...rowsOf(columns)].join("\n"));

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  await tinyData(path("data"), { ant: each, bee: each });
  tinyBase(path("base"));
  list("tasks.csv", ["kind", "parity", "swapped"]);
  list("parity.csv", ["label"]);
  const options = { threads: 1, strategy: "probe", base: path("base") } as const;
  await trainTasks(path("tasks.csv"), { ...options, labels: ["kind", "parity"], out: path("teacher") });
  await trainTasks(path("tasks.csv"), { ...options, labels: ["parity", "swapped"], out: path("twice") });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const student = (teacher: string, data: string, more: object = {}) =>
  distill(path(data), {
    ...{ threads: 1, epochs: 1, batchSize: 8, base: path("base"), augment: "none", comparison: false },
    ...{ teacher: path(teacher), out: path(`${teacher} ${data}`), ...more },
  } as const);

test("the head with the classes of the data is the teacher", async () => {
  const { distillation } = await student("teacher", "parity.csv");
  expect(distillation!.teacher.name).toBe("teacher, task parity");
  expect(distillation!.test!.per_class.map(({ label }) => label)).toEqual(["even", "odd"]);
  const first = await student("teacher", "data");
  expect(first.distillation!.teacher.name).toBe("teacher, task kind");
});

test("a model of texts with several heads teaches by its second head", async () => {
  const texts = reviews(84).map(({ text, label }, i) => ({ text, label, way: ["up", "down"][i % 2]! }));
  writeTextBase(path("encoder"));
  const both = texts.map(({ text, label, way }) => `"${text}",${label},${way}`);
  writeFileSync(path("both.csv"), ["text,mood,way", ...both].join("\n"));
  writeFileSync(path("ways.csv"), ["text,label", ...texts.map((t) => `"${t.text}",${t.way}`)].join("\n"));
  const base = path("encoder");
  const options = { threads: 1, strategy: "probe", base } as const;
  await trainTasks(path("both.csv"), { ...options, labels: ["mood", "way"], out: path("texts") });
  const { distillation } = await student("texts", "ways.csv", { base, augment: undefined });
  expect(distillation!.teacher.name).toBe("texts, task way");
});

test.each([
  [
    "twice",
    "parity.csv",
    "the teacher has 2 tasks, and 2 of them have the classes of the data",
    "task parity: even, odd; task swapped: even, odd; the data has 2: even, odd",
  ],
  [
    "twice",
    "data",
    "the teacher has 2 tasks, and none has the classes of the data",
    "task parity: even, odd; task swapped: even, odd; the data has 2: ant, bee",
  ],
])("the heads of %s are refused for %s", async (teacher, data, message, at) => {
  const error = (await student(teacher, data, { out: path("no") }).catch((thrown) => thrown)) as EngraftError;
  expect(error).toMatchObject({
    kind: "ModelError",
    message,
    at,
    help: `give a teacher that has these classes in one task: engraft train ${JSON.stringify(path(data))}`,
  });
});
