import { EngraftError } from "../../core/errors.js";
import { permutation } from "../../core/random.js";

/** What a subset is taken from. */
interface Item {
  readonly label: number;
  readonly part: "train" | "validation" | "test";
}

/**
 * Fewer items to learn from: `size` of the training part, of each class its share and at least one; validation and test
 * stay as they are. A smaller subset of the same seed is a part of a larger one.
 *
 * An item that is number r of the c of its class, in the seed's order, comes at (r + ½) / c, and the first of every class
 * before all others.
 *
 * @throws DataError when there are fewer items than asked for, OptionError for fewer than two a class
 */
export function trainSubset<T extends Item>(items: readonly T[], size: number, seed: number): readonly T[] {
  const train = items.filter(({ part }) => part === "train");
  const classes = new Map<number, T[]>();
  for (const item of train) {
    const of = classes.get(item.label);
    if (of) of.push(item);
    else classes.set(item.label, [item]);
  }
  if (size > train.length)
    throw new EngraftError(
      "DataError",
      `${size} items to learn from were asked for, there are ${train.length}`,
      {
        help: `give a number up to ${train.length}, or leave it out`,
        details: { asked: size, there: train.length },
      },
    );
  if (size < classes.size)
    throw new EngraftError("OptionError", `${size} items to learn from are less than one a class`, {
      help: `there are ${classes.size} classes: give that many or more`,
      details: { asked: size, classes: classes.size },
    });
  const ordered = [...classes.values()].flatMap((of, c) => {
    const order = permutation(of.length, seed, "train subset", c);
    return order.map((index, r) => ({ item: of[index]!, first: r === 0, place: (r + 0.5) / of.length }));
  });
  ordered.sort((a, b) => Number(b.first) - Number(a.first) || a.place - b.place);
  const taken = new Set(ordered.slice(0, size).map(({ item }) => item));
  return items.filter((item) => item.part !== "train" || taken.has(item));
}
