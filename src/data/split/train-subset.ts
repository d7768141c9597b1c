import { EngraftError } from "../../core/errors.js";
import { permutation } from "../../core/random.js";

/** An item with class and split. */
interface Item {
  readonly label: number;
  readonly part: "train" | "validation" | "test";
}

/**
 * Returns the items with `size` of the training items, stratified by class with at least one item each. Validation and test stay
 * complete. With one seed, a smaller subset is part of a larger one.
 *
 * The items of a class are shuffled. Item r of c has the rank (r + ½) / c, the first items of all classes come first, and the
 * lowest ranks are taken.
 *
 * @throws DataError for more items than there are, OptionError for less than one item a class
 */
export function trainSubset<T extends Item>(items: readonly T[], size: number, seed: number): readonly T[] {
  const train = items.filter(({ part }) => part === "train");
  const classes = new Map<number, T[]>();
  for (const item of train) {
    const members = classes.get(item.label);
    if (members) members.push(item);
    else classes.set(item.label, [item]);
  }
  if (size > train.length)
    throw new EngraftError(
      "DataError",
      `${size} training items requested, but there are only ${train.length}`,
      {
        help: `give a number up to ${train.length}, or leave it out`,
        details: { asked: size, there: train.length },
      },
    );
  if (size < classes.size)
    throw new EngraftError("OptionError", `${size} training items are less than one for each class`, {
      help: `there are ${classes.size} classes: give that many or more`,
      details: { asked: size, classes: classes.size },
    });
  const ordered = [...classes.values()].flatMap((of, c) => {
    const order = permutation(of.length, seed, "train subset", c);
    return order.map((index, r) => ({ item: of[index]!, first: r === 0, place: (r + 0.5) / of.length }));
  });
  ordered.sort((a, b) => Number(b.first) - Number(a.first) || a.place - b.place);
  const chosen = new Set(ordered.slice(0, size).map(({ item }) => item));
  return items.filter((item) => item.part !== "train" || chosen.has(item));
}
