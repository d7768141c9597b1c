import { inEnglish } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { knownLabels, labelsOf, labelWarnings } from "../label-data.js";
import { rarestLabels, requireLabelReader } from "../label-sets.js";
import { withSplitMessages } from "../split/split-origin.js";
import { assembleSounds, type TargetCell } from "./assemble-sounds.js";
import { findSounds } from "./find-sounds.js";
import type { OpenSoundsOptions } from "./open-sounds.js";
import type { SoundLabelDataset } from "./sound.js";

/** Options of {@link openSoundLabels}. */
export interface OpenSoundLabelsOptions extends Omit<OpenSoundsOptions, "targetColumn"> {
  /** The column of labels, or several of 0 and 1. Default: found by name. */
  readonly named?: readonly string[];
  /** Labels of a model, in its order. */
  readonly known?: readonly string[];
}

/**
 * Opens sounds with any number of labels each: a list with `audio,labels`, or with a column of 0 and 1 for each label.
 *
 * @throws DataError if labels or sounds are missing
 * @example const { classes, items } = await openSoundLabels(platform, "./birds.csv");
 */
export async function openSoundLabels(
  platform: Platform,
  path: string,
  { named, known, ...options }: OpenSoundLabelsOptions = {},
): Promise<SoundLabelDataset> {
  const found = await findSounds(platform, path, options);
  const { name, columns, sounds } = found;
  const reader = requireLabelReader({ name, columns, rows: sounds }, { named, known });
  let classes: readonly string[] = [];
  const positions = (labels: readonly string[]): readonly number[] =>
    labels.map((label) => classes.indexOf(label)).sort((a, b) => a - b);
  const data = await assembleSounds(platform, found, options, {
    read: ({ values, file, line }): TargetCell<readonly string[]> => ({
      target: reader.of(values, file ?? name, line),
    }),
    strata: (rows) => {
      const sets = rows.map(({ target }) => target);
      classes = known
        ? knownLabels(sets, known, found.root)
        : labelsOf(sets, reader.labels, { name, from: inEnglish([reader.source]) });
      const labelled = rows.map(({ target, given }) => ({ labels: positions(target), given }));
      return { bin: rarestLabels(labelled, classes), bins: classes.length + 1 };
    },
    fields: (target, bin) => ({ label: bin, labels: positions(target) }),
    classes: () => classes,
  });
  return {
    ...data,
    ...withSplitMessages(data, reader.source),
    warnings: [...data.warnings, ...labelWarnings(data.items, classes)],
  };
}
