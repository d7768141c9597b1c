import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { float32 } from "../../src/core/index.js";
import { fromOnnx } from "../../src/graph/index.js";
import { interpret } from "../../src/testing/reference/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";

// Each example as its reader runs it: the file itself, on the built package.

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(examples, name), ...args], {
    cwd: folder,
    env: { ...process.env, ENGRAFT_CACHE: join(folder, "cache") },
  });
  return stdout;
}

test("train-and-predict trains on a folder and predicts", { tags: ["thorough"] }, async () => {
  const data = await tinyData(join(folder, "data"));
  const said = await run("train-and-predict.mjs", data, tinyBase(join(folder, "base")));
  expect(said).toMatch(/^24 pictures of ant, bee$/m);
  expect(said).toMatch(/^accuracy [\d.]+ \(95 %: [\d.]+ to [\d.]+, \d pictures\)$/m);
  const scores = [...said.matchAll(/^(?:ant|bee) ([\d.]+)$/gm)].map((match) => Number(match[1]));
  expect(scores).toHaveLength(2);
  // Two classes: their probabilities sum to 1, up to the rounding of three decimals each.
  expect(scores[0]! + scores[1]!).toBeCloseTo(1, 2);
});

test("custom-loss learns the moons, and its file has the trained network", async () => {
  const file = join(folder, "moons.onnx");
  const said = await run("custom-loss.mjs", file);
  const right = Number(/right in the last block: ([\d.]+)/.exec(said)?.[1]);
  // A straight line tells 0.85 to 0.9 of the two moons apart: more shows that the hidden layer moved.
  expect(right).toBeGreaterThan(0.92);
  const { graph } = fromOnnx(readFileSync(file));
  // Far out on either moon's side there is no doubt.
  const { data } = interpret(graph, { x: float32([2, 2], [0, 1, 1, -0.5]) }).get(graph.outputs[0]!)!;
  expect(data[0]! > data[1]! && data[2]! < data[3]!).toBe(true);
});

test("custom-operator accepts the right gradient and refuses the wrong one", async () => {
  const said = await run("custom-operator.mjs");
  expect(said).toContain("the rule agrees with differences of values: true");
  expect(said).toContain('the wrong one is found: the gradient of graph "tanh(gelu(x w))" is wrong');
});

test("inspect-model lists the operators of a model", async () => {
  const said = await run("inspect-model.mjs", tinyBase(join(folder, "base")));
  expect(said).toMatch(/^ +\d+ Conv: rule$/m);
  expect(said).toMatch(/^new head at: \S+, since it feeds the classifier/m);
});

test("every example has a test in this file", () => {
  const tested = readFileSync(fileURLToPath(import.meta.url), "utf8");
  // The page in web/ has its own, in a browser: test/web/example.test.ts.
  const programs = readdirSync(examples).filter((file) => file !== "web");
  for (const file of programs) expect(tested, file).toContain(`"${file}"`);
});
