import { inEnglish } from "../../core/messages/message.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import { fingerprintsOf } from "../fingerprints.js";
import { knownLabels, labelsOf, labelWarnings } from "../label-data.js";
import { type LabelReader, rarestLabels, requireLabelReader } from "../label-sets.js";
import { byCodePoint } from "../split/found.js";
import { partsOf, type ReadTextsOptions, readTexts } from "./read-texts.js";

/**
 * Texts that have several labels each, or none.
 * @param options.named the columns of labels; default: found by name and content
 * @param options.known the labels of a model, in its order: then columns of their names are theirs, and nothing has to be learnable
 * @param options.texts the column of texts, or two of pairs; default: found by name
 * @throws DataError with what is missing
 */
export async function openLabelTexts(
  platform: Platform,
  path: string,
  {
    seed,
    named,
    known,
    texts,
    emptyParts,
    ...how
  }: Pick<ReadTextsOptions, "quotes" | "classNames" | "groupFrom"> & {
    readonly seed: number;
    readonly named?: readonly string[];
    readonly known?: readonly string[];
    readonly texts?: readonly string[];
    readonly emptyParts?: boolean;
  },
) {
  let reader: LabelReader | undefined;
  const {
    root,
    name,
    kept,
    texts: columns,
    skipped,
    duplicates,
    acrossParts,
    warnings,
  } = await readTexts<readonly string[]>(
    platform,
    path,
    (list) => {
      const found = requireLabelReader(list, { named, known });
      reader = found;
      return (values, file, line) => ({ answer: found.of(values, file, line) });
    },
    { ...how, named: texts, classColumn: named?.[0], fewerClasses: known !== undefined },
  );
  const { source, labels: given } = reader!;
  const sets = kept.map(({ answer }) => answer);
  const classes = known
    ? knownLabels(sets, known, root)
    : labelsOf(sets, given, { name, from: inEnglish([source]) });
  const { strata } = rarestLabels(sets, classes);
  const {
    parts,
    origin,
    warnings: ofGroups,
  } = partsOf(kept, strata, classes.length + 1, seed, name, {
    emptyParts,
  });
  const pairs = columns.length > 1;
  const at = new Map(classes.map((label, k) => [label, k]));
  const items = kept.map(({ id, text, store, place, sha256, group }, i) => ({
    id,
    text,
    ...(pairs && { pair: store.pairOf(place)! }),
    sha256,
    path: root,
    label: strata[i]!,
    labels: sets[i]!.map((label) => at.get(label)!),
    part: parts[i]!,
    ...(group !== undefined && { group }),
  }));
  const oneEach =
    known === undefined && given === undefined && sets.every((set) => set.length === 1)
      ? [
          {
            code: "one_label_each",
            message:
              "every text has exactly one label: name the column with --target instead of --labels, and one class a text is learnt",
          },
        ]
      : [];
  const lines = items.map((i) => JSON.stringify([i.sha256, i.labels.map((k) => classes[k]), i.part]));
  return {
    root,
    classes,
    items,
    seed,
    ...splitOrigin([...origin, source]),
    skipped,
    duplicates: { exact: duplicates, near: 0, acrossParts },
    warnings: [...warnings, ...ofGroups, ...oneEach, ...labelWarnings(items, classes)],
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
}
