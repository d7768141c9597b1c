import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { estimateTargetShares } from "./target-shares.js";

const width = 4;

/** Rows around (±1.2, 0, 0, 0) for two classes, moved by `by`. */
function rows(counts: readonly [number, number], key: string, by: readonly number[] = []) {
  const draw = draws(7, key);
  const labels = [...new Array<number>(counts[0]).fill(0), ...new Array<number>(counts[1]).fill(1)];
  const features = Float32Array.from(
    labels.flatMap((y) =>
      Array.from(
        { length: width },
        (_, d) => draw.normal() + (d > 0 ? 0 : y === 1 ? 1.2 : -1.2) + (by[d] ?? 0),
      ),
    ),
  );
  return { labels: Int32Array.from(labels), features };
}

// Bayes' rule between the classes of the source: log odds are 2 · 1.2 x.
const head = { weight: Float32Array.of(-1.2, 0, 0, 0, 1.2, 0, 0, 0), bias: new Float32Array(2) };
const source = { train: rows([150, 150], "train"), validation: rows([50, 50], "validation") };
const how = { width, classes: 2, seed: 0 };

test("a target with other shares is not another domain: its shares are found, and the domains are alike", () => {
  const found = estimateTargetShares(head, source, rows([45, 255], "shares"), how);
  expect(found.estimated[1]).toBeGreaterThan(0.75);
  expect(found.p).toBeLessThan(0.05);
  expect(found.guard.refused).toBeUndefined();
  expect(found.absent).toBeUndefined();
});

test("a target of the source itself has its shares, and is alike", () => {
  const found = estimateTargetShares(head, source, rows([150, 150], "same"), how);
  expect(found.p).toBeGreaterThan(0.05);
  expect(found.guard.refused).toBeUndefined();
});

test("moved features are another domain, whatever the shares", () => {
  const found = estimateTargetShares(head, source, rows([45, 255], "moved", [0, 3, 0, 0]), how);
  expect(found.guard.refused).toBe("differ");
  expect(found.estimated[1]).toBeGreaterThan(0.75);
});

test("a domain in which the model finds no sample of a class has no estimate of its shares", () => {
  const found = estimateTargetShares(head, source, rows([150, 150], "far", [6, 0, 0, 0]), how);
  expect(found.guard.refused).toBe("differ");
  expect(found.absent).toBe(0);
});

test("too few samples to compare the domains are no reason for a map", () => {
  const few = { train: rows([6, 6], "few"), validation: rows([2, 2], "few validation") };
  expect(estimateTargetShares(head, few, rows([4, 4], "few target"), how).guard.refused).toBe("few samples");
});
