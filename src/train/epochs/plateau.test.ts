import { expect, test } from "vitest";
import { hasLearnt, hasPlateaued } from "./plateau.js";

/** Epochs from [training loss, validation loss, validation score]. */
const epochs = (...all: readonly (readonly [number, number, number])[]) =>
  all.map(([train_loss, loss, score]) => ({ train_loss, validation: { score, loss } }));
const chance = Math.log(5);
const plateau = { steps: 1000, patience: 2 };
const atChance = [1.6, 1.7, 0.2] as const;

test("a network that has not begun to learn has not stopped improving, however long it stays at chance", () => {
  // 0.8 ln 5 = 1.288
  expect(hasPlateaued(epochs(...Array.from({ length: 50 }, () => atChance)), plateau, chance)).toBe(false);
  expect(hasLearnt(epochs(atChance, [1.3, 1, 1]), chance)).toBe(false);
  expect(hasLearnt(epochs(atChance, [1.28, 2, 0]), chance)).toBe(true);
});

test("the patience counts from the first epoch that has learnt", () => {
  const before = epochs(atChance, atChance, atChance, [1.2, 1.7, 0.2]);
  expect(hasPlateaued([...before, ...epochs([1.1, 1.7, 0.2])], plateau, chance)).toBe(false);
  expect(hasPlateaued([...before, ...epochs([1.1, 1.7, 0.2], [1, 1.7, 0.2])], plateau, chance)).toBe(true);
});

test("a higher score is an improvement, and so is a loss that is 1 % lower", () => {
  const start = epochs([1, 1.5, 0.4], [1, 1.5, 0.4]);
  expect(hasPlateaued([...start, ...epochs([1, 1.5, 0.4])], plateau, chance)).toBe(true);
  expect(hasPlateaued([...start, ...epochs([1, 1.9, 0.5])], plateau, chance)).toBe(false);
  expect(hasPlateaued([...start, ...epochs([1, 1.48, 0.4])], plateau, chance)).toBe(false);
  expect(hasPlateaued([...start, ...epochs([1, 1.49, 0.4])], plateau, chance)).toBe(true);
});

test("an epoch without a score is no improvement, and does not hide a later one", () => {
  const lost = epochs([1, 1.5, 0.4], [1, Number.NaN, Number.NaN]);
  expect(hasPlateaued(lost, plateau, chance)).toBe(false);
  expect(hasPlateaued([...lost, ...epochs([1, 1.5, 0.4])], plateau, chance)).toBe(true);
  expect(hasPlateaued([...lost, ...epochs([1, 1.5, 0.5])], plateau, chance)).toBe(false);
});

test("with every validation sample right, a lower loss is no improvement", () => {
  const perfect = epochs([0.1, 0.1, 1], [0.1, 0.05, 1], [0.1, 0.02, 1]);
  expect(hasPlateaued(perfect, plateau, chance)).toBe(true);
});
