// Small datasets drawn from large ones; the same seed gives the same draw.
import { permutation } from "../../dist/core/random.js";
import { sha256 } from "../../dist/platform/node.js";

/**
 * Draws `train` training images and `validation` other images of each class, with the whole test split. The pool is all
 * items of `dataset` outside the test split.
 */
export function draw(dataset, { seed, train, validation }) {
  const items = [];
  dataset.classes.forEach((_, label) => {
    const pool = dataset.items.filter((item) => item.label === label && item.part !== "test");
    const order = permutation(pool.length, seed, "draw", label);
    if (order.length < train + validation)
      throw new Error(`class ${label} has only ${order.length} pictures to draw from`);
    const take = (places, part) => items.push(...places.map((i) => ({ ...pool[i], part })));
    take(order.slice(0, train), "train");
    take(order.slice(train, train + validation), "validation");
  });
  items.push(...dataset.items.filter((item) => item.part === "test"));
  const fingerprint = sha256(items.map((item) => `${item.id} ${item.part}`).join("\n"));
  return {
    ...dataset,
    items,
    seed,
    fingerprint,
    splitWords: `${train} a class to train and ${validation} to choose on, drawn with seed ${seed}; the whole test part`,
    warnings: [],
  };
}
