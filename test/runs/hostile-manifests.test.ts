// Run folders from elsewhere: each field of run.json is of another type in turn, and every reader of runs says so in one sentence.
// @module-tag thorough
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderTasksResult } from "../../src/cli/commands/multi-task.js";
import { studyLines } from "../../src/cli/render/render-report.js";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { linesOfResumed } from "../../src/cli/resumable.js";
import {
  adaptModel,
  EngraftError,
  evaluate,
  extend,
  listRuns,
  load,
  report,
  reportRuns,
  resume,
  train,
  trainTasks,
} from "../../src/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-hostile-manifests-"));
const at = (...names: string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const quick = { threads: 1, baselines: false } as const;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = at("cache");
  const base = tinyBase(at("base"));
  const data = await tinyData(at("data"));
  const other = await tinyData(at("other"), { wasp: 12, moth: 12 });
  const target = await tinyData(at("target"), { ant: 40, bee: 40 });
  await train(data, { ...quick, base, strategy: "probe", out: at("train") });
  await trainTasks([data, other], { threads: 1, base, strategy: "probe", out: at("multi-task") });
  await adaptModel(at("train"), target, { threads: 1, method: "shot-head", out: at("adapt") });
  await extend([at("train"), target], { threads: 1, out: at("extend") });
});

type Path = readonly (string | number)[];

/** Yields the paths of all fields down to a depth, of a list the first item. */
function* pathsIn(value: unknown, depth: number, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null || path.length === depth) return;
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.slice(0, 1).map((one, i) => [i, one] as const)
    : Object.entries(value);
  for (const [name, own] of entries) yield* pathsIn(own, depth, [...path, name]);
}

/** Returns a copy with another value at a path. */
function changed(value: unknown, [name, ...rest]: Path, to: unknown): unknown {
  if (name === undefined) return to;
  const own = changed((value as Record<string | number, unknown>)[name], rest, to);
  return Array.isArray(value)
    ? value.map((one: unknown, i) => (i === name ? own : one))
    : { ...(value as object), [name]: own };
}

const others = [null, "text", 5, [], {}];

/** What is wrong with the end of a call: nothing, if it worked, or refused in one sentence. */
async function faultOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof EngraftError)) return String((error as Error).stack);
    if (error.kind === "InternalError") return error.message;
    return error.help === undefined && error.at === undefined ? `no advice: ${error.message}` : undefined;
  }
}

/** Writes a manifest into a copy of a run, and returns the faults of its readers. */
async function faults(
  run: string,
  manifest: unknown,
  readers: Readonly<Record<string, (path: string) => Promise<unknown>>>,
): Promise<string[]> {
  writeFileSync(join(run, "run.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  const found: string[] = [];
  for (const [name, read] of Object.entries(readers)) {
    const fault = await faultOf(() => read(run));
    if (fault !== undefined) found.push(`${name}: ${fault}`);
  }
  return found;
}

/** The lines of a result on the screen, as `--resume` prints them. */
async function screen(path: string): Promise<unknown> {
  const result = await resume(path);
  if (result.task === "comparison" || result.task === "learning-curve" || result.task === "diagnosis") return;
  if ("tasks" in result) return linesOfResumed(path, result, renderTasksResult as never);
  if (result.task === "domain-adaptation" || result.task === "source-free-adaptation")
    return linesOfResumed(path, result, studyLines as never);
  return linesOfResumed(path, result, renderAnyResult as never);
}

const readers = {
  list: (path: string) => listRuns(join(path, "..")),
  report: (path: string) => report(path),
  screen,
};

/** A copy of a run, alone in its folder. */
function copyOf(kind: string): string {
  rmSync(at("copies"), { recursive: true, force: true });
  mkdirSync(at("copies"));
  cpSync(at(kind), at("copies", kind), { recursive: true });
  return at("copies", kind);
}

const kinds = ["train", "multi-task", "adapt", "extend"] as const;

/** Returns the faults of the readers of a run whose fields down to a depth are replaced in turn. */
async function faultsOfFields(
  kind: (typeof kinds)[number],
  depth: number,
  values: readonly unknown[],
  more: object = {},
): Promise<string[]> {
  const run = copyOf(kind);
  const { result, ...manifest } = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
  const whole = "status" in more ? { ...manifest, ...more } : { ...manifest, result };
  const found: string[] = [];
  for (const path of pathsIn(whole, depth))
    for (const value of values)
      for (const fault of await faults(run, changed(whole, path, value), readers))
        found.push(`${path.join(".")} = ${JSON.stringify(value)}: ${fault}`);
  return found;
}

test("top fields of another type end no reader", async () => {
  for (const kind of kinds) expect([kind, await faultsOfFields(kind, 1, [null, []])]).toEqual([kind, []]);
});

test.each(kinds)("of %s, fields of other types end no reader", { tags: ["thorough"] }, async (kind) => {
  expect(await faultsOfFields(kind, 3, others)).toEqual([]);
});

test.each(kinds)("of %s that is not done, neither", { tags: ["thorough"] }, async (kind) => {
  const unfinished = { status: "running", data: at("nowhere"), target: at("nowhere") };
  expect(await faultsOfFields(kind, 3, others, unfinished)).toEqual([]);
});

test("half files, deep lists and large ones end no reader, and model and scores stay readable", async () => {
  const run = copyOf("train");
  const text = readFileSync(join(run, "run.json"), "utf8");
  const manifest = JSON.parse(text) as object;
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const wrong: readonly unknown[] = [
    ...[
      "",
      "{",
      "null",
      "[]",
      "5",
      '"text"',
      text.slice(0, -20),
      "\u0000",
      nested,
      `{"format":2,"options":${nested}}`,
    ],
    ...["options", "result", "multi_task", "decided", "other"].map(
      (name) => `${JSON.stringify(manifest).slice(0, -1)},"${name}":${nested}}`,
    ),
    { ...manifest, versions: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`v${i}`, i])) },
    { ...manifest, extensions: new Array(100_000).fill(null) },
  ];
  const all = {
    ...readers,
    "side by side": (path: string) => reportRuns([path, at("train")], { out: at("side.html") }),
    load: async (path: string) => (await load(path, { threads: 1 })).close(),
    evaluate: (path: string) => evaluate(path, at("data"), { threads: 1 }),
  };
  for (const [i, one] of wrong.entries())
    expect([i, await faults(run, one, i < 2 ? all : readers)]).toEqual([i, []]);
});

test("the sentence names the field", async () => {
  const run = copyOf("multi-task");
  const manifest = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as object;
  for (const [path, other, why] of [
    [["multi_task"], null, "its multi_task is null"],
    [["multi_task", "sources"], {}, "its multi_task.sources is an object"],
    [["multi_task", "sources", 0, "path"], 5, "its multi_task.sources[0].path is 5"],
    [["multi_task", "weighting"], "magic", 'its multi_task.weighting is "magic"'],
    [["result", "strategy", "name"], [], "its result.strategy.name is a list"],
    [["result", "seconds"], "NaN", 'its result.seconds is "NaN"'],
    [["status"], "over", 'its status is "over"'],
    [["task"], [], "its task is a list"],
  ] as const) {
    writeFileSync(join(run, "run.json"), JSON.stringify(changed(manifest, path, other)));
    await expect(report(run)).rejects.toMatchObject({
      kind: "RunError",
      message: `the run's manifest is damaged: ${why}`,
      at: join(run, "run.json"),
    });
  }
});
