import { type AudioBase, describeInput, openAudioBase } from "../../bases/audio/audio-base.js";
import { audioBody } from "../../bases/audio/audio-body.js";
import type { BaseEvent } from "../../core/events/events.js";
import type { OnWork } from "../../core/events/work-events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { classificationOf } from "../../core/results/task.js";
import type { Dataset, ItemInputs, Sample } from "../../data/index.js";
import { classNameWarnings } from "../../data/lists/class-names.js";
import { openSounds, readSound, type SoundDataset } from "../../data/sounds/index.js";
import { soundAugmentation } from "../../options/augment-options.js";
import { defaults, type RecipeOptions, usualBases } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent, type OpenedBase, withTrainSubset } from "../../run/setup.js";
import { clipChange, clipSpeed } from "./change-clip.js";
import { type SoundInputs, type SoundTableOptions, soundTable } from "./sound-table.js";

/** Sounds with classes as a dataset. */
export type ClipDataset = SoundDataset & Dataset;

/** Options of a list or folder of sounds. */
export type SoundOptions = Pick<
  RecipeOptions,
  "target" | "groupFrom" | "quotes" | "classNames" | "trainSize" | "shots" | "seed"
>;

/** Opens sounds with classes, and reports them. @throws DataError if they cannot be used */
export async function openClips(
  path: string,
  {
    seed,
    platform,
    options,
    emptyParts,
    unscored,
    taskColumns,
    prints,
    signal,
    onEvent,
  }: {
    readonly seed: number;
    readonly platform: Platform;
    readonly options: SoundOptions;
    /** Allows empty splits, for data that only scores a model. */
    readonly emptyParts?: boolean;
    readonly unscored?: boolean | undefined;
    /** Label columns of several tasks, which give no groups. */
    readonly taskColumns?: readonly string[] | undefined;
    /** See `OpenOptions`. */
    readonly prints?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onEvent?: OnWork | undefined;
  },
): Promise<ClipDataset> {
  const { target, groupFrom, quotes, classNames } = options;
  const data = await openSounds(platform, path, {
    seed,
    targetColumn: target,
    groupFrom,
    quotes,
    classNames,
    emptyParts,
    unscored,
    taskColumns,
    prints,
    signal,
    onEvent,
  });
  const whole: ClipDataset = {
    ...data,
    task: classificationOf.audio,
    warnings: [...data.warnings, ...classNameWarnings(data.classes)],
  };
  const dataset = await withTrainSubset(whole, options, { split: seed, draw: options.seed ?? seed });
  onEvent?.(dataEvent(dataset));
  for (const one of dataset.warnings) onEvent?.({ event: "warning", ...one });
  return dataset;
}

/** Returns the given base, or the bundled one. */
export const soundBaseOf = ({ base = usualBases.audio }: Pick<RecipeOptions, "base">): string => base;

/** Opens an audio model, cut at its features, and reports it. */
export async function openSoundBody(
  ref: string,
  { cut }: Pick<RecipeOptions, "cut">,
  { platform, onEvent }: { readonly platform: Platform; readonly onEvent: OnWork },
): Promise<OpenedBase & { readonly base: AudioBase }> {
  const base = await openAudioBase(ref, { platform, onEvent, cut });
  const opened = { base, body: audioBody(base) };
  onEvent(soundBaseEvent(opened));
  return opened;
}

/** Returns the report of an opened audio model. */
export const soundBaseEvent = ({ base, body }: OpenedBase): BaseEvent => ({
  event: "base",
  ...baseFacts(base),
  input: describeInput(base.audio!, body.graph),
  cut: `${body.cut.value}: ${body.cut.because}`,
  features: body.width,
  notes: base.imported.notes,
});

/** Options of {@link clipsAt}. */
interface ClipOptions
  extends Pick<SoundTableOptions, "audio" | "change" | "speed" | "seed" | "scratch" | "whole"> {
  readonly platform: Platform;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnWork | undefined;
}

/** Clips between two progress events. */
const eachEvent = 64;

/** Reads the samples of files as inputs of an audio model. */
export async function clipsAt(
  items: readonly { readonly sha256: string; readonly path: string; readonly part?: string }[],
  { platform, signal, onEvent, ...table }: ClipOptions,
): Promise<SoundInputs> {
  const { rate } = table.audio.extractor;
  return soundTable(items, {
    ...table,
    read: async (i) => (await readSound(platform, items[i]!.path, { rate, signal })).samples,
    signal,
    ...(onEvent && {
      onProgress: (done) => {
        if (done % eachEvent === 0 || done === items.length)
          onEvent({ event: "progress", phase: "scan", done, total: items.length, unit: "clips" });
      },
    }),
  });
}

/** Reads the clips of a run as inputs of its base, with the augmentation of its training. */
export function clipsOf(
  { items }: { readonly items: readonly Sample[] },
  { base }: Pick<OpenedBase, "base">,
  {
    options,
    ...how
  }: Omit<ClipOptions, "audio" | "change" | "speed" | "seed"> & {
    readonly options: Pick<RecipeOptions, "augment" | "seed">;
  },
): Promise<ItemInputs> {
  const audio = base.audio!;
  const { seed = defaults.seed } = options;
  const kinds = soundAugmentation(options);
  const change = clipChange(kinds, audio.extractor.rate, seed);
  const speed = clipSpeed(kinds, seed);
  return clipsAt(items, { ...how, audio, seed, change, speed });
}
