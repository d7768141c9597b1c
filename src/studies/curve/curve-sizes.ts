import { EngraftError } from "../../core/errors.js";

/** Default number of sizes, and fewest items per class. */
const defaultSizes = 5;
const leastOfClass = 2;
/** Smallest ratio between all items and the smallest size. */
const leastSpan = 3;

/**
 * Returns the sizes of a learning curve: five in geometric progression, from a sixteenth of the items to all of them. The
 * smallest size has at least two items per class.
 *
 * @param items number of items outside validation and test split. @throws DataError if there are too few items for five sizes
 * @example sizesFor(320, 2) // [20, 40, 80, 160, 320]
 */
export function sizesFor(items: number, classes: number): readonly number[] {
  const first = Math.max(leastOfClass * Math.max(1, classes), Math.round(items / 16));
  const factor = (items / first) ** (1 / (defaultSizes - 1));
  const sizes = [...new Set(Array.from({ length: defaultSizes }, (_, i) => Math.round(first * factor ** i)))];
  if (sizes.length < defaultSizes || items < leastSpan * first)
    throw new EngraftError(
      "DataError",
      `${items} items of ${classes} classes are too few for a learning curve`,
      {
        help: `it takes about ${leastSpan * leastOfClass * classes} to learn from; or give the sizes`,
        details: { items, classes },
      },
    );
  return sizes;
}

/** Checks the numbers of labels of each class. @throws OptionError unless they are increasing whole numbers, two at least */
export function checkShots(shots: readonly number[]): void {
  if (shots.length > 1 && shots.every((n, i) => Number.isInteger(n) && n > (shots[i - 1] ?? 0))) return;
  const given = shots.join(",");
  const wrong =
    shots.length > 1
      ? `the shots ${given} are no rising whole numbers`
      : `one number of shots, ${given}, is no curve`;
  throw new EngraftError("OptionError", wrong, {
    help: "give two or more whole numbers that rise, like 1,5,20",
    details: { shots },
  });
}

/** Checks sizes. @throws OptionError unless they are increasing whole numbers, at most the number of items */
export function checkSizes(sizes: readonly number[], items: number, classes: number): void {
  const wrong = (message: string, help: string): EngraftError =>
    new EngraftError("OptionError", message, { help, details: { sizes, items, classes } });
  if (!sizes.every((n, i) => Number.isInteger(n) && n > (sizes[i - 1] ?? 0)))
    throw wrong(`sizes are ${sizes.join(",")}`, "give whole numbers that rise, like 20,40,80,160");
  if (sizes.length < 2)
    throw wrong(`one size, ${sizes[0]}, is no curve`, "give two at least; four make a law");
  if (sizes[0]! < classes)
    throw wrong(
      `the smallest size, ${sizes[0]}, is less than one item a class`,
      `there are ${classes} classes`,
    );
  if (sizes.at(-1)! > items)
    throw wrong(
      `the largest size, ${sizes.at(-1)}, is more than there is to learn from, ${items}`,
      `give numbers up to ${items}`,
    );
}
