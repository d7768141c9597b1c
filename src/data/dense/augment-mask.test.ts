import { describe, expect, test } from "vitest";
import { augmentMask, type MaskAugmentOptions, type MaskPicture } from "./augment-mask.js";
import { blockShares, classShares, classWeights, rareClasses } from "./mask-targets.js";
import { plainPicture } from "./resample.js";

const size = { width: 64, height: 48 };

/** Returns a picture whose pixels are white where its mask is 1, and black elsewhere. The mask is half as large as the pixels. */
function picture(isObject: (x: number, y: number) => boolean): MaskPicture {
  const labels = { width: 60, height: 45, data: new Uint8Array(60 * 45) };
  const pixels = plainPicture({ width: 120, height: 90 }, [0, 0, 0]);
  for (let i = 0; i < 90; i++)
    for (let j = 0; j < 120; j++) {
      if (!isObject(j >> 1, i >> 1)) continue;
      labels.data[(i >> 1) * 60 + (j >> 1)] = 1;
      pixels.data.fill(255, 3 * (i * 120 + j), 3 * (i * 120 + j + 1));
    }
  return { pixels, labels };
}
const square = picture((x, y) => x >= 20 && x < 40 && y >= 10 && y < 30);

/** Returns labels from the colours: 255 for the fill colour, 1 for bright, 0 for dark. */
function labelsOfPixels(data: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: data.length / 3 }, (_, i) => {
    const [r, g, b] = data.subarray(3 * i, 3 * i + 3);
    if (r === 0 && g === 255 && b === 0) return 255;
    return r! > 127 ? 1 : 0;
  });
}

describe("augmentMask", () => {
  test.each([["none"], ["light"]] as const)("%s moves pixels and labels together", (augmentation) => {
    for (let epoch = 0; epoch < 20; epoch++) {
      const { pixels, labels } = augmentMask(square, "a", size, {
        ...{ augmentation, seed: 3, epoch, fill: [0, 255, 0] },
      });
      expect([pixels.width, pixels.height, labels.width, labels.height]).toEqual([64, 48, 64, 48]);
      const seen = labelsOfPixels(pixels.data);
      // Pixels at the edge of the square have both colours: it is at most 22 pixels wide and high, so it has at most 88 of them.
      const other = seen.filter((label, i) => label !== labels.data[i]).length;
      expect(other).toBeLessThanOrEqual(88);
      const inside = labels.data.filter((label) => label === 1).length;
      expect(inside).toBeGreaterThan(300);
    }
  });

  test.each([["standard"], ["strong"]] as const)("%s scales pixels and labels together", (augmentation) => {
    let objects = 0;
    for (let epoch = 0; epoch < 40; epoch++) {
      const options: MaskAugmentOptions = { augmentation, seed: 3, epoch };
      const { pixels, labels } = augmentMask(square, "a", size, options);
      const of = (value: number) =>
        Array.from(labels.data.keys())
          .filter((i) => labels.data[i] === value)
          .map((i) => pixels.data[3 * i]!);
      const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
      const [background, object] = [of(0), of(1)];
      if (object.length < 50) continue;
      objects++;
      // Colours change: only the difference of the two regions is known.
      expect(mean(object) - mean(background)).toBeGreaterThan(80);
    }
    expect(objects).toBeGreaterThan(25);
  });

  test("labels are no mixtures of classes", () => {
    const striped = picture((x) => x % 2 === 0);
    const two = { ...striped, labels: { ...striped.labels, data: striped.labels.data.map((v) => 2 * v) } };
    for (let epoch = 0; epoch < 10; epoch++) {
      const { labels } = augmentMask(two, "a", size, { augmentation: "standard", seed: 0, epoch });
      expect([...new Set(labels.data)].every((label) => [0, 2, 255].includes(label))).toBe(true);
    }
  });

  test("every second crop is centred on a rare class", () => {
    const dot = picture((x, y) => x < 2 && y < 2);
    const share = (rare: readonly number[]) => {
      let seen = 0;
      for (let epoch = 0; epoch < 300; epoch++) {
        const { labels } = augmentMask(dot, "a", size, { augmentation: "standard", rare, seed: 5, epoch });
        if (labels.data.includes(1)) seen++;
      }
      return seen / 300;
    };
    // A crop of a picture that is shrunk shows all of it. Of the enlarged half, crops at random miss most corners; centred ones none.
    expect(share([1])).toBeGreaterThan(share([]) + 0.1);
  });

  test("depends on seed, epoch and item only", () => {
    const run = (seed: number, epoch: number, id: string) =>
      augmentMask(square, id, size, { augmentation: "strong", seed, epoch });
    expect(run(1, 2, "a")).toEqual(run(1, 2, "a"));
    for (const other of [run(2, 2, "a"), run(1, 3, "a"), run(1, 2, "b")])
      expect(other.pixels.data).not.toEqual(run(1, 2, "a").pixels.data);
  });
});

describe("targets of masks", () => {
  test("shares of a block are those of its labelled pixels, and its weight is their part of it", () => {
    const data = Uint8Array.of(0, 0, 1, 255, 2, 0, 255, 255);
    const { shares, weights } = blockShares({ width: 4, height: 2, data }, 3, 2);
    // Blocks {0, 0, 2, 0} and {1, 255, 255, 255}, class by class.
    expect([...shares]).toEqual([0.75, 0, 0, 1, 0.25, 0]);
    expect([...weights]).toEqual([1, 0.25]);
  });

  test("a block without a labelled pixel has shares and weight 0", () => {
    const { shares, weights } = blockShares({ width: 4, height: 4, data: new Uint8Array(16).fill(255) }, 2);
    expect([...shares, ...weights]).toEqual([0, 0, 0]);
  });

  test("shares of classes are of all labelled pixels", async () => {
    expect([...(await classShares([Uint8Array.of(0, 0, 1, 255), Uint8Array.of(0)], 3))]).toEqual([
      0.75, 0.25, 0,
    ]);
    expect([...(await classShares([], 2))]).toEqual([0, 0]);
  });

  test("classes below half of an equal share are rare, if they exist", () => {
    expect(rareClasses([0.8, 0.2])).toEqual([1]);
    expect(rareClasses([0.6, 0.4])).toEqual([]);
    expect(rareClasses([0.7, 0.25, 0.05, 0])).toEqual([2]);
  });

  test("weights are the square root of median over share, within 0.5 and 5, and 1 unless a class has less than 5 %", () => {
    expect(classWeights([0.9, 0.1])).toEqual([1, 1]);
    // The median of 0.01, 0.09 and 0.9 is 0.09.
    const [common, middle, rare, absent] = classWeights([0.9, 0.09, 0.01, 0]);
    expect([common, middle, absent]).toEqual([0.5, 1, 1]);
    expect(rare).toBeCloseTo(3, 12);
    // √((0.999 + 0.001) / 2 / 0.001) = 22.4
    expect(classWeights([0.999, 0.001])[1]).toBe(5);
  });
});
