import { afterAll, beforeAll, expect, test } from "vitest";
import { type DenseHeadShape, freshDenseHead, levelNames } from "../../bases/dense/dense-head.js";
import { draws } from "../../core/random.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { Runtime } from "../../runtime/runtime.js";
import { segmentation } from "../../train/objectives/segmentation-objective.js";
import { solveCells } from "./solve-cells.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const shape: DenseHeadShape = {
  maps: [{ values: ["map"], stride: 4, channels: 2, height: 8, width: 8 }],
  levels: [{ height: 8, width: 8, reads: [0] }],
  ...{ outputs: 2, width: 16, blocks: 1, enlarge: "linear" },
};

test("a level is solved for classes that no straight line divides", async () => {
  const count = 3000;
  const draw = draws(2, "rows");
  const features = Float32Array.from({ length: 2 * count }, () => draw.normal());
  // Class 1 where both features have one sign.
  const labels = Array.from({ length: count }, (_, i) =>
    features[2 * i]! * features[2 * i + 1]! > 0 ? 1 : 0,
  );
  const shares = Float32Array.from(labels.flatMap((label) => [1 - label, label]));
  const table = {
    ...{ count, width: 2, features },
    weights: new Float32Array(count).fill(1),
    targets: { shares },
  };
  let passes = 0;
  const solved = await solveCells(table, 0, shape, {
    ...{ runtime, start: freshDenseHead(shape, 0), seed: 0, weighted: "labelled", outputDims: [2, 1, 1] },
    objective: segmentation({ classes: 2, height: 1, width: 1 }),
    onPass: () => passes++,
  });
  const names = levelNames(0);
  const [mix, bias, out, outBias] = [names.mix(0), names.mixBias, names.out, names.outBias].map(
    (name) => solved.get(name)!.data as Float32Array,
  );
  const right = labels.filter((label, i) => {
    const y = [0, 1].map((k) => {
      let sum = outBias![k]!;
      for (let c = 0; c < 16; c++) {
        const z = bias![c]! + mix![2 * c]! * features[2 * i]! + mix![2 * c + 1]! * features[2 * i + 1]!;
        sum += (out![16 * k + c]! * z) / (1 + Math.exp(-z));
      }
      return sum;
    });
    return (y[1]! > y[0]! ? 1 : 0) === label;
  });
  // 300 steps of two batches.
  expect(passes).toBe(150);
  // A straight line gets 50 %.
  expect(right.length / count).toBeGreaterThan(0.9);
});

test("a level makes as many passes as its time allows", async () => {
  const count = 100;
  const draw = draws(2, "rows");
  const table = {
    ...{ count, width: 2, features: Float32Array.from({ length: 2 * count }, () => draw.normal()) },
    weights: new Float32Array(count).fill(1),
    targets: { shares: Float32Array.from({ length: 2 * count }, (_, i) => i % 2) },
  };
  let passes = 0;
  await solveCells(table, 0, shape, {
    ...{ runtime, start: freshDenseHead(shape, 0), seed: 0, weighted: "labelled", outputDims: [2, 1, 1] },
    objective: segmentation({ classes: 2, height: 1, width: 1 }),
    passes: async (seconds) => {
      expect(seconds).toBeGreaterThan(0);
      return 4;
    },
    onPass: () => passes++,
  });
  expect(passes).toBe(4);
});
