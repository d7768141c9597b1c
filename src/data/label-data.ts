import { EngraftError } from "../core/errors.js";
import { message, warningText } from "../core/messages/message.js";
import { checkClassNames } from "./lists/class-names.js";
import { byCodePoint, count, firstNames, quoted, type Warning } from "./split/found.js";

/** Smallest number of items for the check that labels are no ids. */
const minItems = 8;
/** Largest number of labels in a message. */
const maxShown = 5;

/**
 * Returns the labels of all items, sorted, or in the order of their columns.
 * @throws DataError for no label, for a single one, for labels that look like ids, and for equal labels of all items
 */
export function labelsOf(
  sets: readonly (readonly string[])[],
  given: readonly string[] | undefined,
  { name, from }: { readonly name: string; readonly from: string },
): readonly string[] {
  const found = [...new Set(sets.flat())].sort(byCodePoint);
  const labels = given ?? found;
  if (found.length === 0)
    throw new EngraftError("DataError", `no item of "${name}" has a label`, {
      help: `${from}: check that it is what you mean`,
    });
  if (labels.length === 1)
    throw new EngraftError("DataError", `only one label in "${name}": ${quoted(labels)}`, {
      help: "one label that is there or not is a classification of two classes: give a column with a name for each",
    });
  if (sets.length >= minItems && found.length > sets.length / 2)
    throw new EngraftError(
      "DataError",
      `${found.length} different labels for ${count(sets.length, "item")} in "${name}": that looks like ids or free text`,
      { help: `${from}: check the column, and the separator of its labels` },
    );
  checkClassNames(labels, name);
  const all = new Set(sets.map((set) => [...set].sort(byCodePoint).join("\u0000")));
  if (all.size === 1)
    throw new EngraftError(
      "DataError",
      `every item of "${name}" has the same labels: ${quoted(sets[0]!, maxShown)}`,
      { help: "a model would always predict them: add items with other labels, or with none" },
    );
  return labels;
}

/** Returns the labels of a model. @throws ModelError for labels of the data that the model does not have */
export function knownLabels(
  sets: readonly (readonly string[])[],
  known: readonly string[],
  root: string,
): readonly string[] {
  const missing = [...new Set(sets.flat())].filter((label) => !known.includes(label)).sort(byCodePoint);
  if (missing.length === 0) return known;
  throw new EngraftError(
    "ModelError",
    `the model does not know ${count(missing.length, "label")} of the data: ${quoted(missing, maxShown)}`,
    {
      at: root,
      help: `it knows ${quoted(known, 12)}: write them as the training data did`,
      details: { missing, known },
    },
  );
}

/** Returns warnings about the labels of a split dataset. @param empty number of empty cells that count as 0 */
export function labelWarnings(
  items: readonly { readonly part: string; readonly labels: readonly number[] }[],
  labels: readonly string[],
  empty = 0,
): Warning[] {
  const train = items.filter(({ part }) => part === "train");
  const times = new Array<number>(labels.length).fill(0);
  for (const { labels: own } of train) for (const k of own) times[k]!++;
  const where = (holds: (n: number) => boolean) => labels.filter((_, k) => holds(times[k]!));
  const [never, always] = [where((n) => n === 0), where((n) => n === train.length)];
  const without = items.filter(({ labels: own }) => own.length === 0).length;
  const valuesOf = (names: readonly string[]) => ({ labels: names.length, ...firstNames(names, maxShown) });
  return [
    ...(empty > 0 ? [warningText("empty_labels", message("empty-labels", { cells: empty }))] : []),
    ...(never.length > 0 ? [warningText("unlearnt_labels", message("labels-never", valuesOf(never)))] : []),
    ...(always.length > 0
      ? [warningText("constant_labels", message("labels-always", valuesOf(always)))]
      : []),
    ...(without > 0
      ? [warningText("no_labels", message("samples-without-labels", { samples: without, of: items.length }))]
      : []),
  ];
}
