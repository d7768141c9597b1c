import { expect, test } from "vitest";
import { balancedOrder } from "./balanced-order.js";

// 40 of class 0, 8 of class 1, 5 of class 2: 53 places, 17 or 18 a class.
const labels = [...Array(40).fill(0), ...Array(8).fill(1), ...Array(5).fill(2)] as number[];

test("an epoch has as many places as items, and every class gets the same number", () => {
  for (let epoch = 0; epoch < 5; epoch++) {
    const order = balancedOrder(labels, 7, epoch);
    expect(order).toHaveLength(labels.length);
    const counts = [0, 1, 2].map((k) => order.filter((i) => labels[i] === k).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
});

test("items of a rare class repeat equally often, give or take one", () => {
  const order = balancedOrder(labels, 7, 0);
  const times = [48, 49, 50, 51, 52].map((i) => order.filter((o) => o === i).length);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(3);
});

test("a frequent class shows no item twice, and other items in each epoch", () => {
  const shown = (epoch: number) => balancedOrder(labels, 7, epoch).filter((i) => labels[i] === 0);
  expect(new Set(shown(0)).size).toBe(shown(0).length);
  expect(new Set([...shown(0), ...shown(1), ...shown(2), ...shown(3)]).size).toBeGreaterThan(30);
});

test("the order depends on seed and epoch", () => {
  expect(balancedOrder(labels, 7, 3)).toEqual(balancedOrder(labels, 7, 3));
  expect(balancedOrder(labels, 7, 3)).not.toEqual(balancedOrder(labels, 8, 3));
  expect(balancedOrder(labels, 7, 3)).not.toEqual(balancedOrder(labels, 7, 4));
});
