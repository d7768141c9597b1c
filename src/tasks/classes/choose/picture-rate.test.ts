import { expect, test } from "vitest";
import { residualNet } from "../../../bases/architectures/index.js";
import { pictureRate } from "./planning.js";

const of = (widths: number[], blocks: number[]) => pictureRate(residualNet({ widths, blocks, classes: 2 }));

test("a network of ResNet-34's size has its rate, a smaller one a higher rate by the root, at most four times", () => {
  // The stages of ResNet-34; its stem differs.
  const large = of([64, 128, 256, 512], [3, 4, 6, 3]);
  expect(large.millions).toBeCloseTo(21.3, 1);
  expect(large.rate).toBe(1e-3);
  expect(of([256, 512, 1024], [2, 2, 2]).rate).toBe(1e-3);

  const small = of([64, 128, 256], [2, 2, 2]);
  // 0.001 · √(21.3 / 2.78) = 0.0028
  expect(small.millions).toBeCloseTo(2.78, 2);
  expect(small.rate).toBe(0.0028);
  expect(of([8, 16], [1, 1]).rate).toBe(0.004);
});
