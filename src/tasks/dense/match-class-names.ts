import { EngraftError } from "../../core/errors.js";

/**
 * Returns the position of each class of the data among the classes of a model, matched by name; −1 for a class that is not used.
 * @throws DataError for a used class that the model does not know
 */
export function matchClassNames(
  { root, classes }: { readonly root: string; readonly classes: readonly string[] },
  known: readonly string[],
  isUsed: (label: number) => boolean,
): number[] {
  const places = classes.map((name) => known.indexOf(name));
  const unknown = classes.filter((_, label) => places[label] === -1 && isUsed(label));
  if (unknown.length === 0) return places;
  throw new EngraftError(
    "DataError",
    `the model does not know the ${unknown.length === 1 ? "class" : "classes"} ${unknown.join(", ")}`,
    { at: root, help: `rename them to classes of the model: ${known.join(", ")}` },
  );
}
