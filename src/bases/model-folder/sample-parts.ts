import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { writeOutput } from "../../platform/disk/write-output.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";

/**
 * The split of each sample when a model was trained, by the sha256 of the sample's content. `engraft eval` uses it to
 * leave out samples that the model was trained on. It stays in the run folder: with a published model, anyone could
 * test whether an image or text was in the training set.
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

/** Returns the splits of samples as a record. */
export function samplePartsOf(
  samples: Iterable<{ readonly sha256: string; readonly part: Part }>,
): SampleParts {
  return Object.fromEntries(Array.from(samples, ({ sha256, part }) => [sha256, part]));
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

function isSampleParts(value: unknown): value is SampleParts {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((part) => part === "train" || part === "validation" || part === "test")
  );
}
