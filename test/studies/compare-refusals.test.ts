// Comparisons that are refused: wrong options, folders in use, changed data, and trainings that all fail.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CompareOptions, compare, type EngraftError, resumeComparison } from "../../src/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-compare-refusals-"));
const path = (...parts: string[]) => join(root, ...parts);
let data: string;
let shared: CompareOptions;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  data = await tinyData(path("data"), { ant: 12, bee: 12 });
  shared = { base: tinyBase(path("base")), epochs: 1, threads: 1 };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns the error of work that must fail. */
async function failure(work: Promise<unknown>): Promise<EngraftError> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );
}

test("wrong input is refused before anything is written", async () => {
  const refused = async (options: object, from = data) => {
    const error = await failure(compare(from, { ...shared, out: path("refused"), ...options }));
    expect(existsSync(path("refused"))).toBe(false);
    return `${error.kind}: ${error.message}`;
  };
  expect(await refused({ strategies: ["probe", "fintune"] })).toBe(
    'OptionError: there is no strategy "fintune"',
  );
  expect(await refused({ strategies: ["probe", "probe"] })).toBe(
    'OptionError: "probe" is to be compared with itself',
  );
  expect(await refused({ strategies: "probe" })).toBe('OptionError: strategies is "probe"');
  expect(await refused({ seeds: 0 })).toBe("OptionError: seeds is 0");
  expect(await refused({ seeds: 2.5 })).toBe("OptionError: seeds is 2.5");
  expect(await refused({ baseline: "full" })).toBe(
    'OptionError: the baseline "full" is not among what is compared',
  );
  expect(await refused({ option: { last: 2 } })).toBe(
    "OptionError: none of the strategies to compare has an option last",
  );
  expect(await refused({ strategies: ["last-n:last=0"] })).toBe(
    'OptionError: option last of strategy "last-n" is 0',
  );
  expect(await refused({ epochs: 0 })).toBe("OptionError: epochs is 0");
  expect(await refused({ colour: 1 })).toBe("OptionError: there is no option colour");
  expect(await refused({}, path("nowhere"))).toBe(`DataError: there is no data at "${path("nowhere")}"`);
});

test("a folder that is not empty is refused, and so is one without a comparison", {
  tags: ["thorough"],
}, async () => {
  const done = path("done");
  const { runs } = await compare(data, { ...shared, strategies: ["bitfit"], seeds: 1, out: done });
  const { run } = runs[0]!;
  expect(await failure(compare(data, { ...shared, out: done }))).toMatchObject({
    kind: "RunError",
    message: `"${done}" already holds a comparison`,
    help: `go on with it, or add to it, by \`engraft compare --resume ${done}\`, or give another --out`,
  });
  expect(await failure(compare(data, { ...shared, out: data }))).toMatchObject({
    message: `"${data}" is not empty`,
  });
  expect(await failure(resumeComparison(data))).toMatchObject({
    message: `"${data}" holds no comparison: it has no comparison.json`,
  });
  expect(await failure(resumeComparison(run))).toMatchObject({
    help: `it is a training: engraft train --resume ${run}`,
  });
  mkdirSync(path("broken"));
  writeFileSync(path("broken/comparison.json"), "[]");
  expect(await failure(resumeComparison(path("broken")))).toMatchObject({
    message: "the comparison's manifest is damaged: it is not what a comparison writes",
  });
});

test("changed data are refused before any training", { tags: ["thorough"] }, async () => {
  const changing = await tinyData(path("changing"), { ant: 12, bee: 12 });
  await compare(changing, { ...shared, strategies: ["bitfit"], seeds: 1, out: path("changed") });
  await picture(999).png().toFile(join(changing, "ant/new.png"));
  expect(await failure(resumeComparison(path("changed"), { seeds: 2 }))).toMatchObject({
    kind: "RunError",
    message: "the data changed since the comparison was started",
  });
  expect(existsSync(path("changed/runs/bitfit-seed-1"))).toBe(false);
});

test("if all trainings fail, the first reason is the error", { tags: ["thorough"] }, async () => {
  process.env.NODE_OPTIONS = `--require=${path("missing.cjs")}`;
  try {
    const error = await failure(compare(data, { ...shared, strategies: ["bitfit"], out: path("crash") }));
    expect(error).toMatchObject({
      kind: "RunError",
      message:
        "none of the 3 trainings came to its end: bitfit, seed 0: the training's process ended with exit code 1",
    });
  } finally {
    delete process.env.NODE_OPTIONS;
  }
});
