import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { nodeRuntime } from "../runtime/ort-node.js";
import { batchStatistics } from "./batch-statistics.js";

// From PyTorch's update_bn, scripts/golden/make-loop.py.
const { statistics } = JSON.parse(
  readFileSync(new URL("../../test/golden/loop.json", import.meta.url), "utf8"),
) as {
  readonly statistics: Readonly<
    Record<"w1" | "w2" | "mean1" | "variance1" | "mean2" | "variance2", number[]>
  > & {
    readonly batches: readonly number[][];
  };
};

test("statistics taken anew are PyTorch's, and do not depend on those from before", async () => {
  const net = new Graph();
  const g = new Builder(net);
  const x = net.input("x", { dtype: "float32", shape: ["batch", 2, 5, 5] });
  const normalised = (v: string, name: string, channels: number): string => {
    const of = (part: string, value: number) =>
      g.weight(`${name}.${part}`, float32([channels], Array<number>(channels).fill(value)));
    return g.node(
      "BatchNormalization",
      [v, of("scale", 1), of("bias", 0), of("mean", 7), of("variance", 3)],
      {
        epsilon: 1e-5,
        momentum: 0.9,
        training_mode: false,
      },
    );
  };
  const first = g.conv(x, g.weight("w1", float32([3, 2, 3, 3], statistics.w1)), undefined, {
    pads: [1, 1, 1, 1],
  });
  const second = g.conv(
    g.relu(normalised(first, "a", 3)),
    g.weight("w2", float32([2, 3, 1, 1], statistics.w2)),
  );
  net.outputs.push(normalised(second, "b", 2));
  const runtime = await nodeRuntime({ threads: 1 });
  async function* batches(): AsyncGenerator<Tensor> {
    for (const batch of statistics.batches) yield float32([4, 2, 5, 5], batch);
  }
  const found = await batchStatistics(runtime, net, 4, batches());
  for (const [name, expected] of [
    ["a.mean", statistics.mean1],
    ["a.variance", statistics.variance1],
    ["b.mean", statistics.mean2],
    ["b.variance", statistics.variance2],
  ] as const)
    for (const [i, value] of expected.entries()) expect(found.get(name)!.data[i]).toBeCloseTo(value, 4);
  async function* none(): AsyncGenerator<Tensor> {}
  await expect(batchStatistics(runtime, net, 4, none())).rejects.toThrow(
    "there is no whole batch to take statistics from",
  );
  await runtime.close();
});
