import { expect, test } from "vitest";
import { meanMaskIou, sharesOfIous } from "./score-masks.js";

/** Right and wrong pixels of two classes: [0 as 0, 0 as 1, 1 as 0, 1 as 1]. */
const counts = [
  [50, 2, 3, 20],
  [40, 5, 1, 10],
  [60, 0, 6, 8],
].map((row) => Float64Array.from(row));

test("the mean of the shares is the score", () => {
  const shares = sharesOfIous(counts, 2).miou;
  expect(shares.reduce((a, b) => a + b, 0) / 3).toBeCloseTo(meanMaskIou(counts, 2)!, 12);
});

test("a share is 3 · score − 2 · score without the image, shifted by the same for all", () => {
  const shares = sharesOfIous(counts, 2).miou;
  const pseudo = counts.map(
    (_, i) =>
      3 * meanMaskIou(counts, 2)! -
      2 *
        meanMaskIou(
          counts.filter((__, k) => k !== i),
          2,
        )!,
  );
  const shift = shares[0]! - pseudo[0]!;
  for (const [i, share] of shares.entries()) expect(share - pseudo[i]!).toBeCloseTo(shift, 12);
});

test("an image without pixels of a class that only it could have has no effect on that class", () => {
  const one = [Float64Array.of(9, 1, 0, 0), Float64Array.of(8, 0, 1, 3)];
  // Without the second image only the background is left: 9 of 10.
  const [first, second] = sharesOfIous(one, 2).miou;
  const [all, withoutFirst, withoutSecond] = [meanMaskIou(one, 2)!, meanMaskIou([one[1]!], 2)!, 9 / 10];
  expect(first! - second!).toBeCloseTo(-withoutFirst + withoutSecond, 12);
  expect((first! + second!) / 2).toBeCloseTo(all, 12);
});

test("the shares of a group add up to its effect", () => {
  const groups = ["x", "y", "y"];
  const shares = sharesOfIous(counts, 2, groups).miou;
  const score = meanMaskIou(counts, 2)!;
  expect(shares.reduce((a, b) => a + b, 0) / 3).toBeCloseTo(score, 12);
  // Σ (share − score) = (N − n) (score − score without the group), but for the shift to the mean
  const effect = [
    2 * (score - meanMaskIou(counts.slice(1), 2)!),
    1 * (score - meanMaskIou(counts.slice(0, 1), 2)!),
  ];
  const shift = (effect[0]! + effect[1]!) / 3;
  expect(shares[0]! - score).toBeCloseTo(effect[0]! - shift, 12);
  expect(shares[1]! + shares[2]! - 2 * score).toBeCloseTo(effect[1]! - 2 * shift, 12);
});
