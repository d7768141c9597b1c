import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Sample } from "../../data/dataset.js";
import { writeOutput } from "../../platform/disk/write-output.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";

/**
 * The split of each sample when a model was trained, by the sha256 of the sample's content. A text has a second entry, by the hash that
 * its copies share. Where equal rows are no copies, a row has one entry by its line and content. `engraft eval` uses them to leave out
 * samples that the model was trained on. They stay in the run folder: with a published model, anyone could test whether an image
 * or text was in the training set.
 */
export type SampleParts = Readonly<Record<string, Part>>;

/** Name of the file in the run folder, next to the model folder. */
export const samplePartsFile = "samples.json";
/** Name of the file of feature sums in the run folder. It stays there too: the sums of few samples reveal them. */
export const sumsInFolder = "features.sums";

/** Content of the file. */
interface SamplePartsFile {
  readonly format: 1;
  /** Fingerprint of the dataset with its splits: the file belongs to models with the same fingerprint. */
  readonly data: string;
  readonly samples: SampleParts;
}

/** What identifies a sample: its content, and its id among rows of equal content. */
export type Identified = Pick<Sample, "id" | "sha256" | "copyHash" | "equalByChance">;
const copies = "copies ";

/** Returns the name of a row among equal ones: its line, in whichever file, and its content. */
const rowEntry = ({ id, sha256 }: Identified): string => `${id.split(", ").at(-1)} ${sha256}`;

/** Returns the names of a sample's entries: its own, and that of its copies. */
export const entriesOf = (sample: Identified): readonly [string, ...string[]] =>
  sample.equalByChance ? [rowEntry(sample)] : contentEntries(sample);

const contentEntries = ({ sha256, copyHash }: Identified): readonly [string, ...string[]] =>
  copyHash === undefined ? [sha256] : [sha256, copies + copyHash];

/** True for the entry of one sample, false for that of copies. */
export const isSampleEntry = (name: string): boolean => !name.startsWith(copies);

/** Returns the splits of samples as a record. Of copies in two splits, those that a model learns from decide. */
export function samplePartsOf(samples: Iterable<Identified & { readonly part: Part }>): SampleParts {
  const all = Array.from(samples, (one) => ({ part: one.part, entries: entriesOf(one) }));
  const order = [...all.filter(({ part }) => part === "test"), ...all.filter(({ part }) => part !== "test")];
  return Object.fromEntries([
    ...order.flatMap(({ part, entries }) => entries.slice(1).map((name) => [name, part])),
    ...all.map(({ part, entries }) => [entries[0], part]),
  ]);
}

/** Returns the split that a sample had, or else a copy of it; undefined if the model knew neither. */
export function partIn(known: SampleParts, sample: Identified): Part | undefined {
  // No copy of the sample: that of a listed text would lose its getters.
  const name = [...contentEntries(sample), rowEntry(sample)].find((entry) => Object.hasOwn(known, entry));
  return name === undefined ? undefined : known[name];
}

/** True if a model was trained or chosen on a sample or a copy of it. */
export function wasLearnt(known: SampleParts, sample: Identified): boolean {
  const part = partIn(known, sample);
  return part === "train" || part === "validation";
}

/** Returns the number of samples that equal a learnt row and are no copies of it: few values explain equal rows of that table. */
export function countEqualByChance(known: SampleParts, samples: readonly Identified[]): number {
  const rows = Object.entries(known).filter(([name, part]) => part !== "test" && name.includes(" "));
  const contents = new Set(rows.map(([name]) => name.slice(name.lastIndexOf(" ") + 1)));
  return samples.filter((one) => contents.has(one.sha256) && !wasLearnt(known, one)).length;
}

/** Writes the file into the folder around the model folder. @throws OptionError for another program's file of this name */
export async function writeSampleParts(
  { files }: Platform,
  model: string,
  data: string,
  samples: SampleParts,
): Promise<void> {
  const content: SamplePartsFile = { format: 1, data, samples };
  const path = files.join(model, "..", samplePartsFile);
  await writeOutput(files, path, `${JSON.stringify(content)}\n`, "samples", "the model folder");
}

/** The used part of a model's manifest. */
interface Known {
  readonly data?: { readonly fingerprint?: string };
}

/**
 * Reads the splits of a model's samples from its run folder, or from the named one.
 * @param manifest the model's engraft.json
 * @returns undefined if they are not known: the model folder was moved, or another program wrote it
 * @throws RunError if the named run has none, or belongs to another dataset
 */
export async function readSampleParts(
  platform: Platform,
  model: string,
  manifest: object | undefined,
  run?: string,
): Promise<SampleParts | undefined> {
  const { files } = platform;
  const { data } = (manifest ?? {}) as Known;
  const path = files.resolve(files.join(run ?? files.join(model, ".."), samplePartsFile));
  if (!(await files.stat(path))) {
    if (run === undefined) return undefined;
    throw new EngraftError("RunError", `the run folder "${run}" has no ${samplePartsFile}`, {
      at: path,
      help: "give the run folder that `engraft train` printed",
    });
  }
  const file = (await readJson(platform, path)) as Partial<SamplePartsFile> | null;
  const fits = file?.format === 1 && isSampleParts(file.samples) && file.data === data?.fingerprint;
  if (fits) return file.samples;
  if (run === undefined) return undefined;
  throw new EngraftError(
    "RunError",
    `${samplePartsFile} of "${run}" belongs to another dataset than the model`,
    {
      at: path,
      help: "give the run folder that the model was trained in",
      details: { run: file?.data, model: data?.fingerprint },
    },
  );
}

/**
 * Reads the splits of the samples that a base was trained on.
 * @param base a run, a model folder, or the ONNX file in one
 * @returns undefined for another base; `known` is undefined if the run is not beside the model
 */
export async function readPartsOfBase(
  platform: Platform,
  base: string,
): Promise<{ readonly known: SampleParts | undefined } | undefined> {
  const { files } = platform;
  const place = files.resolve(base);
  const around = files.join(place, "..", "..");
  const folders = /\.onnx$/i.test(place) ? [around] : [place, files.join(place, "model")];
  for (const folder of folders) {
    const manifest = files.join(folder, "engraft.json");
    if (await files.stat(manifest))
      return {
        known: await readSampleParts(platform, folder, (await readJson(platform, manifest)) as object),
      };
  }
  return undefined;
}

function isSampleParts(value: unknown): value is SampleParts {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((part) => part === "train" || part === "validation" || part === "test")
  );
}
