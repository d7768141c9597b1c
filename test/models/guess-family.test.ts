// `engraft inspect` on the golden networks: small models with and without the structure of their family.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { guessFamily } from "../../src/bases/families.js";
import { countMacs } from "../../src/bases/macs.js";
import { Builder } from "../../src/graph/builder.js";
import { fromOnnx } from "../../src/graph/index.js";

const graphOf = (name: string) =>
  fromOnnx(readFileSync(fileURLToPath(new URL(`../golden/${name}.onnx`, import.meta.url)))).graph;

test.each([
  ["resnet-basic.opset11", "ResNet"],
  ["resnet-basic.opset17", "ResNet"],
  ["mobilenet-v2.opset13", "MobileNet v2"],
  ["squeezenet.opset13", "SqueezeNet"],
  ["vgg.opset17", "VGG"],
])("%s is recognized by its structure: %s", (file, name) => {
  const guess = guessFamily(graphOf(file));
  expect(guess.name).toBe(name);
  expect(guess.because.length).toBeGreaterThan(3);
});

test("the head of a Teachable Machine project, with a Relu, hides no family", () => {
  const graph = graphOf("mobilenet-v2.opset13");
  const g = new Builder(graph);
  const [scores] = graph.outputs.splice(0);
  graph.outputs.push(g.relu(scores!));
  expect(guessFamily(graph).name).toBe("MobileNet v2");
});

test.each([
  // Its stem is 5 × 5, and it has two convolutions.
  "alexnet.opset13",
  // Its stem is 3 × 3, without MaxPool, and it has no groups.
  "resnet-bottleneck.opset13",
])("%s lacks the signs of its family, and is unknown", (file) => {
  expect(guessFamily(graphOf(file))).toEqual({ name: "unknown", because: [] });
});

test("the work of a golden network is that of its layers, by hand", () => {
  // 3 → 6 → 8 → 12 channels at 32², 16², 8², each 3 × 3, then two products.
  const graph = graphOf("vgg.opset17");
  const convs = 32 ** 2 * 6 * 3 * 9 + 16 ** 2 * 8 * 6 * 9 + 8 ** 2 * 12 * 8 * 9;
  const products = graph.nodes
    .filter((n) => n.op === "Gemm")
    .reduce((sum, n) => sum + graph.dims(n.inputs[1]!).reduce((a, b) => a * b, 1), 0);
  expect(countMacs(graph).total).toBe(convs + products);
});
