// A run goes on where its data and models lie elsewhere now: with a teacher, from another model's weights, on several tasks.
// @module-tag thorough
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportClassifier } from "../../src/bases/export.js";
import {
  distill,
  type EngraftError,
  type EngraftEvent,
  resume,
  resumeTasks,
  train,
  trainTasks,
} from "../../src/index.js";
import { toysIn } from "../characterisation/toys.js";
import { errorWith, failure } from "../support/failure.js";
import { engraft, modelBytes, tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-moved-"));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
const toy = toysIn(path("toys"));
const preprocessing = {
  height: 32,
  width: 32,
  rescale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
  channels: "rgb",
} as const;
const quick = { threads: 1, epochs: 2, augment: "none" } as const;

/** The places of each: to begin with, and later. */
const places = ["data", "base", "other"] as const;
const later = (place: string): string => path(`${place}-now`);

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = cache;
  await tinyData(path("data"), { ant: 16, bee: 16 });
  tinyBase(path("base"));
  tinyBase(path("stranger"), exportClassifier(tinyGraph(2), preprocessing));
  await train(path("data"), { ...quick, base: path("base"), epochs: 1, out: path("teacher") });
  cpSync(path("teacher", "model"), path("other"), { recursive: true });
  const lines = ["ant", "bee"].flatMap((kind) =>
    Array.from({ length: 16 }, (_, i) => `${kind}/${i}.png,${kind},${i % 2 ? "odd" : "even"}`),
  );
  writeFileSync(path("data/list.csv"), ["image,kind,parity", ...lines].join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Stop after the first epoch, move everything away, do what is to be done, and move it back. */
async function movedAway(
  begin: (more: { out: string; signal: AbortSignal; onEvent: (e: EngraftEvent) => void }) => Promise<unknown>,
  out: string,
  then: () => Promise<void>,
): Promise<void> {
  await stopRun((how) => begin({ out: path(out), ...how }));
  for (const place of places) renameSync(path(place), later(place));
  try {
    await then();
  } finally {
    for (const place of places) renameSync(later(place), path(place));
  }
}
const manifestOf = (out: string) => readFileSync(path(out, "run.json"), "utf8");
const refusals = async (works: readonly (() => Promise<unknown>)[]): Promise<EngraftError[]> => {
  const errors: EngraftError[] = [];
  for (const work of works) errors.push(await failure(work()));
  return errors;
};

test("a student and its teacher", async () => {
  const options = { ...quick, base: path("base"), teacher: path("other") };
  const whole = await distill(path("data"), { ...options, out: path("student") });
  await movedAway(
    (more) => distill(path("data"), { ...options, ...more }),
    "student-2",
    async () => {
      const before = manifestOf("student-2");
      const now = { data: later("data"), base: later("base"), threads: 1 };
      const out = path("student-2");
      expect(
        await refusals([
          () => resume(out, { ...now, teacher: path("stranger") }),
          () => resume(out, { ...now, teacher: path("nowhere") }),
          () => resume(out, { ...now, teacher: later("other"), initFrom: later("other") }),
          () => resume(out, { ...now, base: path("stranger"), teacher: later("other") }),
        ]),
      ).toEqual([
        errorWith({ teacher: expect.any(Array), data: expect.any(Array) }),
        errorWith(path("nowhere")),
        errorWith("the run was started without weights of another model"),
        errorWith({ changed: "base" }),
      ]);
      expect(manifestOf("student-2")).toBe(before);
      const words = ["--data", now.data, "--base", now.base, "--teacher", later("other"), "--threads", "1"];
      const ran = await engraft(["distill", "--resume", out, ...words], { cache });
      expect(ran).toMatchObject({ code: 0 });
      const { data, options } = JSON.parse(manifestOf("student-2")) as Record<string, unknown>;
      expect({ data, options }).toMatchObject({
        data: now.data,
        options: { base: now.base, teacher: later("other") },
      });
      expect(modelBytes(out).equals(modelBytes(whole.run))).toBe(true);
    },
  );
});

test("weights that came from another model", async () => {
  const options = { ...quick, base: path("base"), initFrom: path("other") };
  const whole = await train(path("data"), { ...options, out: path("from") });
  await movedAway(
    (more) => train(path("data"), { ...options, ...more }),
    "from-2",
    async () => {
      const before = manifestOf("from-2");
      const now = { data: later("data"), base: later("base"), threads: 1 };
      expect(
        await refusals([
          () => resume(path("from-2"), { ...now, initFrom: path("stranger") }),
          () => resume(path("from-2"), { ...now, teacher: later("other"), initFrom: later("other") }),
        ]),
      ).toEqual([
        errorWith({ changed: "model of --init-from" }),
        errorWith("the run was started without a teacher"),
      ]);
      expect(manifestOf("from-2")).toBe(before);
      const words = ["--data", now.data, "--base", now.base, "--init-from", later("other"), "--threads", "1"];
      const ran = await engraft(["train", "--resume", path("from-2"), ...words], { cache });
      expect(ran).toMatchObject({ code: 0 });
      expect(modelBytes(path("from-2")).equals(modelBytes(whole.run))).toBe(true);
    },
  );
});

test("several tasks of one list, and several folders by name", async () => {
  const options = { ...quick, base: path("base"), labels: ["kind", "parity"] };
  const whole = await trainTasks(path("data/list.csv"), { ...options, out: path("tasks") });
  await movedAway(
    (more) => trainTasks(path("data/list.csv"), { ...options, ...more }),
    "tasks-2",
    async () => {
      const before = manifestOf("tasks-2");
      const base = later("base");
      const list = join(later("data"), "list.csv");
      const out = path("tasks-2");
      expect(
        await refusals([
          () => resumeTasks(out, { threads: 1, base, data: [list, list] }),
          () => resumeTasks(out, { threads: 1, base, data: { colour: list } }),
          () => resumeTasks(out, { threads: 1, base, data: path("nowhere.csv") }),
          () => resumeTasks(out, { threads: 1, base: path("stranger"), data: list }),
        ]),
      ).toEqual([
        errorWith("the run has one list, not 2"),
        errorWith('the run has no task "colour"'),
        errorWith({ data: path("nowhere.csv") }),
        errorWith({ changed: "base" }),
      ]);
      expect(manifestOf("tasks-2")).toBe(before);
      const words = ["--data", list, "--base", base, "--threads", "1"];
      const ran = await engraft(["multi-task", "--resume", out, ...words], { cache });
      expect(ran).toMatchObject({ code: 0 });
      expect(modelBytes(out).equals(modelBytes(whole.run))).toBe(true);
      // Its place is kept.
      const { multi_task } = JSON.parse(manifestOf("tasks-2"));
      expect(multi_task.sources.map((source: { path: string }) => source.path)).toEqual([list, list]);
    },
  );
});

test.each([
  ["sentences", "text-base"],
  ["speech", "sound-base"],
] as const)("a run on %s knows the new place of its data after it was resumed once", async (name, base) => {
  const data = path(`${name}-before`);
  cpSync(await toy(name), data, { recursive: true });
  const out = path(`${name}-run`);
  const options = { threads: 1, epochs: 2, base: await toy(base), out };
  await stopRun((how) => train(data, { ...options, ...how }));
  renameSync(data, path(`${name}-now`));
  await resume(out, { data: path(`${name}-now`), threads: 1 });
  expect(JSON.parse(manifestOf(`${name}-run`)).data).toBe(path(`${name}-now`));
});
