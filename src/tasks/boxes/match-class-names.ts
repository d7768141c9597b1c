import { EngraftError } from "../../core/errors.js";
import type { BoxDataset } from "../../data/boxes/box-dataset.js";

/**
 * Returns a dataset with the classes of a model, matched by name.
 * @throws DataError for a class with boxes that the model does not know
 */
export function matchClassNames(data: BoxDataset, classes: readonly string[]): BoxDataset {
  const place = data.classes.map((name) => classes.indexOf(name));
  const used = new Set(data.items.flatMap(({ objects }) => objects.map(({ label }) => label)));
  const unknown = data.classes.filter((_, label) => place[label] === -1 && used.has(label));
  if (unknown.length > 0)
    throw new EngraftError(
      "DataError",
      `the model does not know the ${unknown.length === 1 ? "class" : "classes"} ${unknown.join(", ")}`,
      {
        at: data.root,
        help: `rename them to classes of the model: ${classes.join(", ")}`,
      },
    );
  return {
    ...data,
    classes,
    items: data.items.map((item) => ({
      ...item,
      objects: item.objects.map((one) => ({ ...one, label: place[one.label]! })),
    })),
  };
}
