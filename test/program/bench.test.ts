import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function bench(...words: string[]): Promise<{ stdout: string; stderr: string; code?: number }> {
  return promisify(execFile)(process.execPath, [at("../../bench/main.mjs"), ...words]).catch(
    (error) => error,
  );
}

test("bench step prints its ratios as one JSON object", async () => {
  const model = at("../golden/resnet-basic.opset13.onnx");
  const { stdout, stderr } = await bench(
    ...["step", "--model", model, "--batch", "2", "--threads", "1", "--image-size", "32"],
    ...["--batch-norm", "train", "--steps", "1", "--json"],
  );
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
