import { stopIf } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import type { Quotes } from "../../data/lists/quotes.js";
import { splitOf } from "../../data/split/split-origin.js";
import {
  type BagOfWords,
  denseRows,
  openTexts,
  rowsOf,
  type SparseRow,
  type TextItem,
} from "../../data/texts/index.js";
import type { TaskOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Domain, Inputs } from "./domain.js";

/** A domain of texts; its items are {@link TextItem}s. */
export async function openTextDomain(
  path: string,
  options: TaskOptions & { readonly quotes?: Quotes; readonly groupFrom?: string },
  platform: Platform,
): Promise<Domain> {
  const { seed = 0, quotes, groupFrom } = options;
  const data = await openTexts(platform, path, { seed, groupFrom, ...(quotes && { quotes }) });
  const { root, classes, items, skipped, duplicates, fingerprint } = data;
  const message = `${duplicates} texts of "${root}" left out: the same text is there already`;
  return {
    root,
    classes,
    // Whole: a domain's items are made anew with other labels.
    items: items.map(({ id, text, sha256, label, part, path, group }) => ({
      ...{ id, text, sha256, label, part, path },
      ...(group !== undefined && { group }),
    })),
    ...splitOf(data),
    skipped,
    warnings: duplicates > 0 ? [{ code: "exact_duplicates", message }] : [],
    fingerprint,
  };
}

/** The text of an item of {@link openTextDomain}. */
export function textOf(item: Domain["items"][number]): string {
  return (item as TextItem).text;
}

/** Texts as rows of word counts, float32[batch, terms]. Each text is counted once. */
export function textInputs(bag: BagOfWords, signal: AbortSignal | undefined): Inputs {
  const rowOf = rowsOf(bag);
  const counted = new Map<string, SparseRow>();
  const row = (item: Domain["items"][number]): SparseRow => {
    const known = counted.get(item.sha256) ?? rowOf(textOf(item));
    counted.set(item.sha256, known);
    return known;
  };
  return {
    unit: "text",
    async *batches(items, { order, batch }) {
      for (let first = 0; first < order.length; first += batch) {
        stopIf(signal);
        const indices = order.slice(first, first + batch);
        const rows = indices.map((i) => row(items[i]!));
        yield { x: float32([rows.length, bag.terms.length], denseRows(rows, bag.terms.length)), indices };
      }
    },
  };
}
