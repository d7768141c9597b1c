import type { Part } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import type { Dataset, Opened, Sample } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { divide } from "../split/divide.js";
import { byCodePoint, type Warning } from "../split/found.js";
import { firstEqual } from "../split/groups.js";
import type { EmptyParts } from "../split/named-groups.js";
import { splitOrigin } from "../split/split-origin.js";
import { checkPairs, type PairFacts } from "./check-pairs.js";
import { groupPairs } from "./pair-groups.js";
import { type ReadPairs, type ReadPairsOptions, readPairs } from "./read-pairs.js";

/** A pair of a source and a target text. */
export interface PairItem extends Sample {
  readonly source: string;
  readonly target: string;
}

/** Pairs with splits. */
export interface PairData
  extends Opened<PairItem>,
    Pick<ReadPairs, "columns" | "languages" | "unused">,
    Pick<Dataset, "duplicates" | "leaks"> {
  readonly facts: PairFacts & {
    /** Groups of pairs that stay in one split, those of one pair included; and the number of pairs of the largest. */
    readonly groups: number;
    readonly largest_group: number;
  };
}

/** Options of {@link openPairs}. */
export interface PairDataOptions extends ReadPairsOptions, Pick<EmptyParts, "emptyParts"> {
  readonly seed: number;
}

/**
 * Reads pairs of a source and a target text, and divides them: as the files or the column "split" say, otherwise 15 % for validation and 15 % for
 * the test. Pairs with an equal source, an equal target or one group stay in one split. Exact copies are left out.
 *
 * Files: CSV, TSV, JSONL, JSON or Parquet, or a folder with train, validation and test. Columns: the rules of `pairColumnsOf`.
 * @throws DataError for data that cannot be read, or not be divided
 * @example
 * const { columns, items, facts } = await openPairs(nodePlatform, "pairs.tsv", { seed: 1 });
 */
export async function openPairs(
  platform: Platform,
  path: string,
  { seed, emptyParts, ...how }: PairDataOptions,
): Promise<PairData> {
  const { root, columns, languages, unused, found, ...read } = await readPairs(platform, path, how);
  const [skipped, warnings]: [ReadPairs["skipped"][number][], Warning[]] = [
    [...read.skipped],
    [...read.warnings],
  ];
  const facts = checkPairs({ found, columns, languages }, warnings);
  const groups = groupPairs({ found, groups: read.groups });
  const hashes: string[] = [];
  // One after the other: the texts of all pairs at once take as much memory as the file.
  for (const { source, target } of found)
    hashes.push(await platform.sha256(JSON.stringify([source, target])));
  const all = found.map((pair, i) => ({
    id: pair.id,
    given: pair.given,
    sha256: hashes[i]!,
    group: groups[i],
  }));
  const exact = firstEqual(hashes);
  const strata = { bin: new Int32Array(all.length), bins: 1 };
  const options = { seed, unit: "pair", root, emptyParts } as const;
  const split = divide(all, strata, { exact, near: exact }, options, skipped, warnings);
  const items = split.kept.map((at, k): PairItem => {
    const { id, sha256, group } = all[at]!;
    const { source, target } = found[at]!;
    const part: Part = split.parts[k]!;
    return { id, path: root, part, sha256, source, target, ...(group !== undefined && { group }) };
  });
  const lines = items.map(({ sha256, part }) => JSON.stringify([sha256, part])).sort(byCodePoint);
  return {
    ...{ root, items, seed, skipped, warnings, columns, languages, unused },
    facts: { ...facts, ...countGroups(items) },
    ...splitOrigin(split.origin),
    duplicates: { exact: split.exact, near: split.near, acrossParts: split.acrossParts },
    leaks: split.leaks,
    ...(await fingerprintsOf(platform, lines, items)),
  };
}

function countGroups(items: readonly PairItem[]): Pick<PairData["facts"], "groups" | "largest_group"> {
  const sizes = new Map<string, number>();
  for (const { group, id } of items) sizes.set(group ?? id, (sizes.get(group ?? id) ?? 0) + 1);
  let largest = 0;
  for (const size of sizes.values()) largest = Math.max(largest, size);
  return { groups: sizes.size, largest_group: largest };
}
