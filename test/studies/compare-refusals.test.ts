// Comparisons that are refused: wrong options, folders in use, changed data, and trainings that all fail.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CompareOptions, compare, type EngraftError, resumeComparison } from "../../src/index.js";
import { errorWith } from "../support/failure.js";
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
    return error;
  };
  for (const [options, expected] of [
    [{ strategies: ["probe", "fintune"] }, { strategy: "fintune" }],
    [{ strategies: ["probe", "probe"] }, { strategies: ["probe", "probe"] }],
    [{ strategies: "probe" }, 'strategies is "probe"'],
    [{ seeds: 0 }, "seeds is 0"],
    [{ seeds: 2.5 }, "seeds is 2.5"],
    [{ baseline: "full" }, 'the baseline "full" is not among what is compared'],
    [{ option: { last: 2 } }, { option: "last" }],
    [{ strategies: ["last-n:last=0"] }, 'option last of strategy "last-n" is 0'],
    [{ epochs: 0 }, "epochs is 0"],
    [{ colour: 1 }, { unknown: "colour" }],
  ] as const) {
    const error = await refused(options);
    expect(error.kind).toBe("OptionError");
    expect(error).toEqual(errorWith(expected));
  }
  expect(await refused({}, path("nowhere"))).toMatchObject({
    kind: "DataError",
    details: { data: path("nowhere") },
  });
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
