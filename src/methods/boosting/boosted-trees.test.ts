import { afterEach, describe, expect, test, vi } from "vitest";
import { goldenTrees } from "../../../test/support/golden-trees.js";
import { fitBoostedTrees } from "./boosted-trees.js";

const none = { features: new Float32Array(0), targets: [], count: 0 };

describe("boosted trees are those of scikit-learn's HistGradientBoosting", () => {
  for (const { name, dims, outputs, learns, x, y, scores } of goldenTrees.cases)
    test(name, async () => {
      const train = { features: Float32Array.from(x), targets: y, count: y.length };
      const fit = await fitBoostedTrees(
        { train, validation: none, dims, outputs, learns },
        { rounds: goldenTrees.rounds },
      );
      const own = fit.predict(train.features, train.count);
      const centred = y.flatMap((_, i) => {
        const row = [...own.subarray(i * outputs, (i + 1) * outputs)];
        const middle = row.reduce((a, b) => a + b) / outputs;
        if (learns === "numbers") return row;
        return outputs === 2 ? [row[1]! - row[0]!] : row.map((score) => score - middle);
      });
      // scikit-learn rounds gradients and hessians to float32 too; its softmax is computed with other roundings.
      const worst = Math.max(...centred.map((score, i) => Math.abs(score - scores[i]!)));
      expect(worst / Math.max(...scores.map(Math.abs))).toBeLessThan(1e-4);
    });
});

test("validation chooses the number of rounds", async () => {
  // Targets without any relation to the feature: no tree helps on other rows.
  const rows = (from: number) => ({
    features: Float32Array.from({ length: 200 }, (_, i) => i),
    targets: Array.from({ length: 200 }, (_, i) => ((from + i * 7919) % 13) / 13),
    count: 200,
  });
  const fit = await fitBoostedTrees({
    ...{ train: rows(0), validation: rows(5), dims: 1, outputs: 1, learns: "numbers" },
  });
  expect(fit.rounds).toBeLessThan(20);
});

test("learns an interaction that no linear model can: the sign of a product", async () => {
  const rows = (shift: number) => {
    const features = Float32Array.from({ length: 800 }, (_, i) => Math.sin(12.9898 * (i + shift)) * 1.5);
    const targets = Array.from({ length: 400 }, (_, i) =>
      features[2 * i]! * features[2 * i + 1]! > 0 ? 1 : 0,
    );
    return { features, targets, count: 400 };
  };
  const [train, validation, test] = [rows(0), rows(1e4), rows(2e4)];
  const fit = await fitBoostedTrees({ train, validation, dims: 2, outputs: 2, learns: "classes" });
  const logits = fit.predict(test.features, test.count);
  const right = test.targets.filter((y, i) => logits[2 * i + 1]! > logits[2 * i]! === (y === 1)).length;
  expect(right / test.count).toBeGreaterThan(0.9);
});

test("a class without a training row keeps finite scores", async () => {
  const train = {
    features: Float32Array.from({ length: 60 }, (_, i) => i),
    targets: Array(60).fill(0),
    count: 60,
  };
  const fit = await fitBoostedTrees(
    { train, validation: none, dims: 1, outputs: 3, learns: "classes" },
    { rounds: 2 },
  );
  expect([...fit.predict(train.features, 60)].every(Number.isFinite)).toBe(true);
});

describe("a long fit", () => {
  afterEach(() => vi.restoreAllMocks());
  /** 60 rows of three classes; each look at the clock is a second later. */
  const slow = () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => {
      clock += 1000;
      return clock;
    });
    const features = Float32Array.from({ length: 60 }, (_, i) => i);
    const targets = Array.from({ length: 60 }, (_, i) => i % 3);
    return {
      ...{ train: { features, targets, count: 60 }, validation: none, dims: 1, outputs: 3 },
      learns: "classes" as const,
    };
  };

  test("reports the trees so far and the most that there can be", async () => {
    const progress: unknown[] = [];
    await fitBoostedTrees(slow(), { rounds: 2, onProgress: (trees) => progress.push(trees) });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6].map((done) => ({ done, total: 6 })));
  });

  test("ends when it is interrupted, in the middle of a round", async () => {
    const controller = new AbortController();
    let trees = 0;
    const fit = fitBoostedTrees(slow(), {
      signal: controller.signal,
      onProgress({ done }) {
        trees = done;
        if (done === 2) controller.abort();
      },
    });
    await expect(fit).rejects.toMatchObject({ kind: "Interrupted" });
    expect(trees).toBe(2);
  });
});

test("refuses features of another length", async () => {
  const train = { features: new Float32Array(5), targets: [0, 1, 0], count: 3 };
  await expect(
    fitBoostedTrees({ train, validation: none, dims: 2, outputs: 2, learns: "classes" }),
  ).rejects.toThrow("trees need float32[3, 2], got 5 numbers");
});
