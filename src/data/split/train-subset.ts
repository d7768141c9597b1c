import { EngraftError } from "../../core/errors.js";
import { type Message, message } from "../../core/messages/message.js";
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

/** Options that choose some of the training samples. */
export interface SubsetOptions {
  readonly trainSize?: number | undefined;
  readonly shots?: number | undefined;
}

/**
 * Returns the items that a run learns from, and a message about the choice; undefined if it takes all.
 * @param classes names of the labels
 * @param seeds seed of the split, and of the samples of `shots`
 */
export function chosenItems<T extends Item>(
  items: readonly T[],
  classes: readonly string[],
  { trainSize, shots }: SubsetOptions,
  seeds: { readonly split: number; readonly draw: number },
): { readonly items: readonly T[]; readonly because: Message } | undefined {
  const all = items.filter(({ part }) => part === "train").length;
  if (shots !== undefined)
    return {
      items: drawShots(items, classes, shots, seeds.draw),
      because: message("shots-of-classes", { shots, all }),
    };
  if (trainSize === undefined) return undefined;
  return {
    items: trainSubset(items, trainSize, seeds.split),
    because: message("training-subset", { some: trainSize, all }),
  };
}

/**
 * Returns the items with `shots` training samples of each class, and at most as many validation samples. The test split stays complete.
 * With one seed, fewer samples are part of more.
 *
 * @throws DataError for more samples than the smallest class has
 * @see Perez et al. 2021, True few-shot learning with language models: a validation split no larger than the training split
 */
export function drawShots<T extends Item>(
  items: readonly T[],
  classes: readonly string[],
  shots: number,
  seed: number,
): readonly T[] {
  const ofClass = (part: Item["part"], label: number): readonly T[] =>
    items.filter((item) => item.part === part && item.label === label);
  const drawn = (part: "train" | "validation"): T[] =>
    classes.flatMap((_, label) => {
      const own = ofClass(part, label);
      return permutation(own.length, seed, "shots", part, label)
        .slice(0, shots)
        .map((i) => own[i]!);
    });
  const counts = classes.map((name, label) => ({ name, there: ofClass("train", label).length }));
  const smallest = counts.reduce((a, b) => (b.there < a.there ? b : a));
  if (shots > smallest.there)
    throw new EngraftError(
      "DataError",
      `${shots} labels a class requested, but the class ${JSON.stringify(smallest.name)} has ${smallest.there} in the training split`,
      {
        help: `give at most ${smallest.there}, or add samples to the class`,
        details: { shots, class: smallest.name, there: smallest.there },
      },
    );
  const chosen = new Set([...drawn("train"), ...drawn("validation")]);
  return items.filter((item) => item.part === "test" || chosen.has(item));
}
