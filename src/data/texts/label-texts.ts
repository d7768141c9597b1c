import { inEnglish, message, warningText } from "../../core/messages/message.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import { fingerprintsOf } from "../fingerprints.js";
import { knownLabels, labelsOf, labelWarnings } from "../label-data.js";
import { type LabelReader, rarestLabels, requireLabelReader } from "../label-sets.js";
import { byCodePoint } from "../split/found.js";
import { divideTexts, type ReadTextsOptions, readTexts } from "./read-texts.js";

/** Options of {@link openLabelTexts}. */
interface LabelTextsOptions extends Pick<ReadTextsOptions, "quotes" | "classNames" | "groupFrom"> {
  readonly seed: number;
  /** Columns of labels. Default: found by name and content. */
  readonly named?: readonly string[];
  /** Labels of an existing model, in its order. Columns with these names are label columns, and no label needs enough samples. */
  readonly known?: readonly string[];
  /** The column of texts, or the two columns of text pairs. Default: found by name. */
  readonly texts?: readonly string[];
  /** Allows empty splits, for data that only scores a model. */
  readonly emptyParts?: boolean;
}

/**
 * Reads texts with any number of labels each, and assigns splits.
 * @throws DataError if columns, texts or labels are missing
 */
export async function openLabelTexts(platform: Platform, path: string, options: LabelTextsOptions) {
  const { seed, known, emptyParts } = options;
  const { reader, ...read } = await readLabelled(platform, path, options);
  const { root, name, kept, skipped, duplicates, acrossParts } = read;
  const warnings = [...read.warnings];
  const { source, labels: given } = reader;
  const sets = kept.map(({ target }) => target);
  const classes = known
    ? knownLabels(sets, known, root)
    : labelsOf(sets, given, { name, from: inEnglish([source]) });
  const at = new Map(classes.map((label, k) => [label, k]));
  const labels = sets.map((set) => set.map((label) => at.get(label)!));
  const strata = rarestLabels(
    kept.map(({ given }, i) => ({ labels: labels[i]!, given })),
    classes,
  );
  const split = divideTexts(kept, strata, classes.length + 1, { seed, name, emptyParts }, warnings);
  const pairs = read.texts.length > 1;
  const items = kept.map(({ id, text, store, place, sha256, copyHash, group }, i) => ({
    id,
    text,
    ...(pairs && { pair: store.pairOf(place)! }),
    sha256,
    copyHash,
    path: root,
    label: strata[i]!,
    labels: labels[i]!,
    part: split.parts[i]!,
    ...(group !== undefined && { group }),
  }));
  const single = known === undefined && given === undefined && sets.every((set) => set.length === 1);
  const lines = items.map((i) => JSON.stringify([i.sha256, i.labels.map((k) => classes[k]), i.part]));
  return {
    root,
    classes,
    items,
    seed,
    ...splitOrigin([...split.origin, source]),
    skipped,
    duplicates: { exact: duplicates, near: split.near, acrossParts: acrossParts + split.acrossParts },
    leaks: split.leaks,
    warnings: [
      ...warnings,
      ...(single ? [oneLabelEach] : []),
      ...labelWarnings(items, classes, reader.empty),
    ],
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
}

const oneLabelEach = warningText("one_label_each", message("one-label-each"));

/** Reads the rows of a list, and finds out how the list writes labels. */
async function readLabelled(
  platform: Platform,
  path: string,
  { seed: _seed, emptyParts: _emptyParts, named, known, texts, ...format }: LabelTextsOptions,
) {
  let reader: LabelReader | undefined;
  const read = await readTexts<readonly string[]>(
    platform,
    path,
    (list) => {
      const found = requireLabelReader(list, { named, known });
      reader = found;
      return (values, file, line) => ({ target: found.of(values, file, line) });
    },
    { ...format, named: texts, classColumn: named?.[0], fewerClasses: known !== undefined },
  );
  return { ...read, reader: reader! };
}
