import type { LabelUnit } from "../core/results/labels.js";
import type { ImageItem } from "../data/index.js";
import { defaults, type TrainOptions } from "../options/options.js";
import type { EitherInput } from "../options/task-capabilities.js";
import type { Machine } from "../run/machine.js";
import { openBody, openData, splitCounts } from "../run/setup.js";

/** Data and base that many trainings share. */
export interface InspectedData {
  /** Fingerprint of the data with its split. */
  readonly fingerprint: string;
  /** SHA-256 of the base, or of the model that weights come from; empty if all weights are random. */
  readonly baseSha256: string;
  /** Number of training samples, and of classes (0 for numbers). */
  readonly train: number;
  readonly classes: number;
  /** Name of the samples: "pictures". */
  readonly samples: string;
  /** Kind of the inputs, if the task has several kinds. */
  readonly input?: EitherInput;
}

/** Options of a training. The inspection reports data and base as events. */
export type InspectOptions = Readonly<Partial<TrainOptions>> & { readonly seed: number };

type Inspect = (machine: Machine, data: string, options: InspectOptions) => Promise<InspectedData>;

interface Opened {
  readonly items: Parameters<typeof splitCounts>[0]["items"];
  readonly seed: number;
  readonly fingerprint: string;
  readonly classes?: readonly string[];
}

const inspected = (opened: Opened, baseSha256: string, samples: string): InspectedData => ({
  fingerprint: opened.fingerprint,
  baseSha256,
  samples,
  train: splitCounts(opened).train,
  classes: opened.classes?.length ?? 0,
});

const listenerOf = ({ onEvent = () => undefined, signal }: InspectOptions) => ({ onEvent, signal });

const imageBase = async (options: InspectOptions, { platform }: Machine): Promise<string> =>
  (await openBody(options.base ?? defaults.base, options, platform)).base.sha256;

async function textBase(options: InspectOptions, { platform }: Machine, pairs: boolean): Promise<string> {
  const { openTextBody, textBaseOf } = await import("./texts/open-texts.js");
  const how = { platform, ...listenerOf(options), pairs };
  return (await openTextBody(textBaseOf(options), options, how)).base.sha256;
}

export const inspectImages: Inspect = async (machine, data, options) =>
  inspected(await openData(data, options, machine.platform), await imageBase(options, machine), "pictures");

export const inspectTexts: Inspect = async (machine, data, options) => {
  const { arePairs, openTextDataset } = await import("./texts/open-texts.js");
  const how = { platform: machine.platform, ...listenerOf(options), seed: options.seed, options };
  const dataset = await openTextDataset(data, how);
  return inspected(dataset, await textBase(options, machine, arePairs(dataset)), "texts");
};

export const inspectSounds: Inspect = async (machine, data, options) => {
  const { openClips, openSoundBody, soundBaseOf } = await import("./sounds/open-sounds.js");
  const { platform } = machine;
  const dataset = await openClips(data, { platform, ...listenerOf(options), seed: options.seed, options });
  const how = { platform, ...listenerOf(options) };
  const { base } = await openSoundBody(soundBaseOf(options), options, how);
  return inspected(dataset, base.sha256, "clips");
};

export const inspectEntities: Inspect = async ({ platform }, data, options) => {
  const { openEntityData, openEntityBody } = await import("./entities/execute-entities.js");
  const { textBaseOf } = await import("./texts/open-texts.js");
  const { onEvent } = listenerOf(options);
  const entities = await openEntityData(platform, data, { seed: options.seed, options, onEvent });
  const { base } = await openEntityBody(textBaseOf(options), options, platform, onEvent);
  return inspected({ ...entities, classes: entities.types }, base.sha256, "sentences");
};

export const inspectLabels: Inspect = async (machine, data, options) => {
  const { openLabelData } = await import("./labels/open-labels.js");
  const { inputOfUnit } = await import("./inputs/open-inputs.js");
  const { onEvent, signal = new AbortController().signal } = listenerOf(options);
  const how = { platform: machine.platform, seed: options.seed, options, onEvent, signal };
  const items = await openLabelData(data, how);
  const { unit } = items;
  return { ...inspected(items, await baseOf(unit, items, options, machine), unit), input: inputOfUnit[unit] };
};

/** Opens the base for samples of a kind. */
async function baseOf(
  unit: LabelUnit,
  given: { readonly items: readonly ImageItem[] },
  options: InspectOptions,
  { platform }: Machine,
): Promise<string> {
  const { openInputs } = await import("./inputs/open-inputs.js");
  const { onEvent } = listenerOf(options);
  return (await openInputs(unit, given, options, { platform, onEvent, run: "" })).opened.base.sha256;
}

export const inspectNumbers =
  (unit: "pictures" | "clips"): Inspect =>
  async (machine, data, options) => {
    const { openNumbers } = await import("./numbers/open-task-data.js");
    const how = { platform: machine.platform, ...listenerOf(options), seed: options.seed, unit };
    const numbers = await openNumbers(data, options, how);
    return inspected(numbers, await baseOf(unit, numbers, options, machine), unit);
  };

export const inspectTable =
  (task: Parameters<typeof import("./numbers/open-task-data.js").openRows>[2]): Inspect =>
  async ({ platform }, data, options) => {
    const { openRows } = await import("./numbers/open-task-data.js");
    const how = { platform, ...listenerOf(options), seed: options.seed };
    const rows = await openRows(data, options, task, how);
    if (options.initFrom === undefined) return inspected(rows, "", "rows");
    const { readTableFolder } = await import("../bases/model-folder/table-folder.js");
    return inspected(rows, (await readTableFolder(platform, options.initFrom)).sha256, "rows");
  };
