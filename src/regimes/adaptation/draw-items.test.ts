// The drawn target items, and so the chosen epoch, must not depend on the names of the items.
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { mutualInformation } from "../../evaluate/index.js";
import { drawItems } from "./domain.js";
import { mostForInformation } from "./domain-regime.js";

const classes = 10;
/** 3000 items, sorted by class as folders are. */
const items = Array.from({ length: 3000 }, (_, i) => ({
  id: `${Math.floor(i / 300)}/${String(i).padStart(4, "0")}.png`,
  label: Math.floor(i / 300),
}));

/** Returns logits of which the share `accuracy` is correct, with the highest logit ahead by `ahead`. */
const logitsOf = (chosen: readonly (typeof items)[number][], accuracy: number, ahead: number) => {
  const logits = new Float32Array(chosen.length * classes);
  chosen.forEach(({ id, label }, i) => {
    const d = draws(0, "answers", id);
    const answer = d.chance(accuracy) ? label : d.integer(classes);
    logits[i * classes + answer] = ahead;
  });
  return logits;
};

/** Returns which of two epochs is chosen: the one with more mutual information in its predictions. */
const chosenEpoch = (given: typeof items): number => {
  const drawn = drawItems(given, mostForInformation, 7);
  const [right, wrong] = [
    mutualInformation(logitsOf(drawn, 0.9, 4), classes),
    mutualInformation(logitsOf(drawn, 0.5, 3.8), classes),
  ];
  return right > wrong ? 1 : 2;
};

test("the order of the items changes neither the drawn items nor the chosen epoch", () => {
  const orders = [
    items,
    [...items].reverse(),
    [...items].sort((a, b) => a.id.localeCompare(b.id, "sv") * (a.label % 2 ? 1 : -1)),
  ];
  const ids = orders.map((given) => drawItems(given, mostForInformation, 7).map(({ id }) => id));
  expect(ids[0]).toHaveLength(mostForInformation);
  for (const drawn of ids) expect(drawn).toEqual(ids[0]);
  // The better model, not one whose predicted classes are missing in the first 2000 items by name.
  for (const given of orders) expect(chosenEpoch(given)).toBe(1);
});

test("every class is drawn about equally often", () => {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of drawItems(items, mostForInformation, 1)) counts[label]!++;
  // 200 expected of each, hypergeometric standard deviation √(2000 · 0.1 · 0.9 · (1000 / 2999)) = 7.7.
  for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(4 * 7.8);
});

test("few items are all drawn, in their order", () => {
  expect(drawItems(items.slice(0, 5), 5, 0)).toEqual(items.slice(0, 5));
});
