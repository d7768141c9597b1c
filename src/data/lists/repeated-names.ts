import { checkClassNames } from "./class-names.js";
import { listError } from "./list-bytes.js";

/**
 * Checks that a list of classes names each class once, in one spelling.
 * @throws DataError with the name and its places, from 0, or as {@link checkClassNames}
 */
export function refuseRepeatedNames(names: readonly string[], file: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) {
    checkClassNames(names, file);
    return;
  }
  const places = names.flatMap((name, i) => (name === twice ? [i] : []));
  throw listError(
    file,
    `names two classes ${JSON.stringify(twice)}: ${places.join(" and ")}`,
    undefined,
    "give each class its own name",
  );
}
