import type { Platform } from "../../platform/platform.js";
import { fingerprintsOf } from "../fingerprints.js";
import { byCodePoint } from "../split/found.js";
import { splitOrigin } from "../split/split-origin.js";
import { finished, type ListTargets, type TargetSource } from "../targets.js";
import { divideTexts, type ReadTextsOptions, readTexts, textColumnsOf } from "./read-texts.js";

/** Options of {@link openTargetTexts}. */
export interface TargetTextsOptions
  extends Pick<ReadTextsOptions, "quotes" | "classNames" | "groupFrom" | "fewerClasses"> {
  readonly seed: number;
  /** The column of texts, or the two columns of text pairs. Default: found by name. */
  readonly texts?: readonly string[] | undefined;
  /** Allows empty splits, for data that only scores a model. */
  readonly emptyParts?: boolean | undefined;
}

/**
 * Reads texts, or pairs of texts, with their targets, and assigns splits. The targets are known from the first rows.
 * @throws DataError if columns, texts or targets are missing
 */
export async function openTargetTexts<Target, Fields extends object>(
  platform: Platform,
  path: string,
  source: TargetSource<Target, Fields>,
  { seed, texts, emptyParts = false, ...format }: TargetTextsOptions,
) {
  let opened: ListTargets<Target, Fields> | undefined;
  const read = await readTexts<Target>(
    platform,
    path,
    (list) => {
      const own = textColumnsOf(list.columns, texts, list.name) ?? [];
      // A named column of texts is refused as a target by its cells.
      const isFree = (column: string) => !own.includes(column) || source.columns?.includes(column);
      const columns = list.columns.filter(isFree);
      const how = { root: platform.files.resolve(path), unit: "text", mayHoldClasses: true } as const;
      const targets = source.open({ ...list, columns, ...how });
      opened = targets;
      return (values, file, line) => targets.read({ values, file, ...(line !== undefined && { line }) });
    },
    { ...format, named: texts, classColumn: source.columns?.[0], decimals: source.decimals },
  );
  const targets = opened!;
  const { root, name, kept, skipped, duplicates, acrossParts } = read;
  targets.check?.(kept.length, kept.length + duplicates + skipped.length, skipped);
  const { bin, bins } = targets.strata(kept);
  const warnings = [...read.warnings, ...(targets.warnings ?? [])];
  const split = divideTexts(kept, Array.from(bin), bins, { seed, name, emptyParts }, warnings);
  const pairs = read.texts.length > 1;
  const items = kept.map(({ id, text, store, place, sha256, copyHash, group, target }, i) => ({
    id,
    text,
    ...(pairs && { pair: store.pairOf(place)! }),
    sha256,
    copyHash,
    path: root,
    ...targets.fields(target, bin[i]!),
    part: split.parts[i]!,
    ...(group !== undefined && { group }),
  }));
  const lines = items.map(({ sha256, part }, i) => {
    const { target } = kept[i]!;
    return JSON.stringify([sha256, targets.hashed?.(target) ?? target, part]);
  });
  const data = {
    root,
    classes: targets.classes(),
    items,
    seed,
    ...splitOrigin(split.origin),
    skipped,
    duplicates: { exact: duplicates, near: split.near, acrossParts: acrossParts + split.acrossParts },
    leaks: split.leaks,
    warnings,
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
  return finished(data, targets, name);
}
