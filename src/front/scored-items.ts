import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events.js";

/** Items that a model may be scored on. */
export interface ScoredItems<Item> {
  readonly items: Item[];
  /** Which these are, in words. */
  readonly words: string;
  readonly leftOut: number;
}

/**
 * Which items may be scored, and how to say it: those of the model's own test part if there are any, else those that it was
 * neither trained nor chosen on.
 * @param known sha256 of an item -> the part that it was in. @param unit such as "picture"
 * @throws DataError when nothing is left
 */
export function scoredItems<Item extends { readonly sha256: string }>(
  { items, root }: { readonly items: readonly Item[]; readonly root: string },
  known: Readonly<Record<string, Part>>,
  unit: "picture" | "row" | "text" | "sentence",
): ScoredItems<Item> {
  const partOf = ({ sha256 }: Item): Part | undefined =>
    Object.hasOwn(known, sha256) ? known[sha256] : undefined;
  const own = items.filter((item) => partOf(item) === "test");
  const fresh = items.filter((item) => partOf(item) === undefined);
  const used = items.length - own.length - fresh.length;
  if (own.length > 0) {
    const rest = items.length - own.length;
    return {
      items: own,
      leftOut: rest,
      words: `the ${own.length} ${unit}s of the model's own test part; ${rest} others left out (${used} of them the model was trained or chosen on)`,
    };
  }
  if (fresh.length === 0)
    throw new EngraftError(
      "DataError",
      `the model was trained or chosen on all ${items.length} ${unit}s of the data: a score on them would mean nothing`,
      {
        at: root,
        help: `give ${unit}s that it has not seen`,
      },
    );
  return {
    items: fresh,
    leftOut: used,
    words:
      used === 0
        ? `all ${fresh.length} ${unit}s: the model has seen none of them`
        : `${fresh.length} ${unit}s that the model has not seen; ${used} it was trained or chosen on are left out`,
  };
}

/** The model's class of each class of the data. @throws ModelError for classes that it does not know */
export function classMap(
  data: { readonly classes: readonly string[]; readonly root: string },
  model: { readonly classes: readonly string[]; readonly dir: string },
  help: string,
): number[] {
  const missing = data.classes.filter((name) => !model.classes.includes(name));
  if (missing.length > 0)
    throw new EngraftError(
      "ModelError",
      `the model does not know ${missing.length} of the data's ${data.classes.length} classes: ${quoted(missing)}`,
      {
        at: `model "${model.dir}", which knows ${quoted(model.classes)}; data "${data.root}"`,
        help,
        details: { missing, known: model.classes },
      },
    );
  return data.classes.map((name) => model.classes.indexOf(name));
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((n) => `"${n}"`)
    .join(", ") + (names.length > 5 ? `, and ${names.length - 5} more` : "");
