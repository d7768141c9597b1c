import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parametersOf } from "../../src/graph/surgery/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openBody } from "../../src/run/setup.js";

const assets = fileURLToPath(new URL("../../assets/vision-open/", import.meta.url));
const facts = JSON.parse(readFileSync(`${assets}facts.json`, "utf8")) as {
  sha256: string;
  parameters: number;
};

/** Weights of MobileNetV2 0.35: [channels in, channels out, factor of the expansion] of each block. */
const blocks = [
  [16, 8, 1],
  [8, 8, 6],
  [8, 8, 6],
  [8, 16, 6],
  [16, 16, 6],
  [16, 24, 6],
  [24, 24, 6],
  [24, 24, 6],
  [24, 32, 6],
  [32, 32, 6],
  [32, 56, 6],
  [56, 56, 6],
  [56, 112, 6],
] as const;

test("vision-open is the file on its card, with the weights of 13 of MobileNetV2's 17 blocks", async () => {
  const bytes = readFileSync(`${assets}onnx/model.onnx`);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(facts.sha256);
  expect(readFileSync(`${assets}README.md`, "utf8")).toContain(facts.sha256);
  expect(bytes.length).toBeLessThan(2e6);
  // A convolution of n outputs, and scale, shift, mean and variance of its normalisation.
  const layer = (weights: number, n: number) => weights + 4 * n;
  let total = layer(3 * 16 * 9, 16) + layer(112 * 1280, 1280);
  for (const [from, to, expansion] of blocks) {
    const wide = expansion * from;
    if (expansion > 1) total += layer(from * wide, wide);
    total += layer(9 * wide, wide) + layer(wide * to, to);
  }
  expect(facts.parameters).toBe(total);
  const { body } = await openBody("vision-open", {}, nodePlatform);
  const counted = parametersOf(body.graph).reduce((sum, { size }) => sum + size, 0);
  expect(counted).toBe(total);
});

test("vision-open takes 128 x 128 pixels from -1 to 1, gives 1280 features, and states Apache-2.0", async () => {
  const { base, body } = await openBody("vision-open", {}, nodePlatform);
  expect(base.preprocessing).toMatchObject({
    height: 128,
    width: 128,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  });
  expect(body.width).toBe(1280);
  expect(base.license).toBe("apache-2.0");
});
