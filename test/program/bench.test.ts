import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = mkdtempSync(join(tmpdir(), "engraft-bench-cache-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code?: number;
}

/** Runs a benchmark with a cache of these tests, so that the times of a busy machine are not kept. */
function bench(...words: string[]): Promise<Ended> {
  return promisify(execFile)(process.execPath, ["bench/main.mjs", ...words], {
    cwd: root,
    env: { ...process.env, ENGRAFT_CACHE: cache },
    maxBuffer: 2 ** 24,
  }).catch((error) => error);
}

test("bench step prints its ratios as one JSON object", { tags: ["thorough"] }, async () => {
  const { stdout, stderr } = await bench("step", "--smallest", "--batch-norm", "train", "--json");
  expect(stderr).toBe("");
  const result = JSON.parse(stdout) as Record<string, number>;
  for (const key of [
    "forward_ms",
    "forward_fed_ms",
    "step_ms",
    "ratio",
    "state_ms",
    "first_step_ms",
    "compile_ms",
    "peak_rss_mb",
  ]) {
    expect(result[key], key).toBeGreaterThanOrEqual(0);
  }
  // Both are rounded to three digits.
  expect(Math.abs(result.ratio! / (result.step_ms! / result.forward_ms!) - 1)).toBeLessThan(0.02);
  // Convolutions 3·6·49 + 2·324 + 432 + 576 + 48, norms 2 (3·6 + 3·8), the classifier 8·5 + 5: all of them train.
  expect(result.parameters).toBe(882 + 648 + 432 + 576 + 48 + 84 + 45);
});

test("bench refuses an option that makes no sense, with a sentence", async () => {
  const { stderr, code } = await bench("step", "--model", "x.onnx", "--batch", "none");
  expect({ stderr, code }).toEqual({ stderr: "--batch needs a whole number above 0, got none\n", code: 2 });
});

test("bench lists its commands if there is none of that name", { tags: ["thorough"] }, async () => {
  const { stdout, code } = await bench("steps");
  expect(stdout).toContain("  step         a full fine-tune step against its forward pass\n");
  expect(code).toBe(2);
});

/** Benchmarks that need nothing. The first test runs `step`. */
const names = readdirSync(join(root, "bench"))
  .filter((file) => /^ {2}needs: \[\],$/m.test(readFileSync(join(root, "bench", file), "utf8")))
  .map((file) => file.replace(".mjs", ""))
  .filter((name) => name !== "step");

/** Content of each written page and its data. */
const pages = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, "docs"))
      .filter((name) => /\.(md|json|csv)$/.test(name))
      .map((name) => [name, readFileSync(join(root, "docs", name), "utf8")]),
  );

describe("a benchmark that needs nothing runs with its smallest settings, and writes no page", () => {
  test.each(names)("%s", { tags: ["thorough"] }, async (name) => {
    const before = pages();
    const { stdout, stderr, code } = await bench(name, "--smallest", "--json");
    expect(code, stderr).toBe(undefined);
    const lines = stdout.trim().split("\n");
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf("object");
    expect(lines.length).toBeGreaterThan(0);
    expect(pages()).toEqual(before);
  });
});
