import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { ExtendedSource } from "../../core/events/run-outcome.js";
import { testFingerprint } from "../../data/fingerprints.js";
import { type CollectedPart, decodeSums, encodeSums, type SumsFile } from "../../methods/sums/sums-file.js";
import { checkOptions } from "../../options/check-options.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";

/** Something with feature sums, or to collect them from: absolute path. */
export interface SumsSource {
  readonly kind: ExtendedSource["kind"];
  readonly path: string;
}

/** What determines an extended model besides the options of its run. */
export interface ExtendManifest {
  readonly sources: readonly SumsSource[];
  readonly without?: readonly SumsSource[];
  readonly forget?: readonly string[];
  /** Labelled data that only score the model: absolute path. */
  readonly test?: string;
  readonly joint?: boolean;
}

/** Limit of a file of feature sums, in bytes. */
const mostBytes = 2 ** 31;

/** Options that open the base of feature sums again. */
const ofTheBase = [
  ...(["base", "cut", "pooling", "maxLength", "imageSize", "mean", "std", "rescale", "channels"] as const),
] as const satisfies readonly (keyof RecipeOptions)[];
export type BaseOptions = Pick<RecipeOptions, (typeof ofTheBase)[number]>;

/** Returns the given options that open the base. */
export const baseOptionsOf = (options: Readonly<Partial<RecipeOptions>>): BaseOptions =>
  Object.fromEntries(
    ofTheBase.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );

/** True for a base at a path: it says something of this machine, and nothing elsewhere. */
export const isPath = (base: string | undefined): boolean =>
  base !== undefined && /[\\/]|\.onnx$/i.test(base) && !base.startsWith("hf:");

/** Returns the hashes that tell whether two sets of samples are of the same data. */
export async function contentOf(
  platform: Pick<Platform, "sha256">,
  items: readonly { readonly part: Part; readonly sha256: string }[],
): Promise<Pick<CollectedPart, "data" | "held">> {
  const held = items.filter(({ part }) => part !== "train");
  return {
    data: await testFingerprint(platform, items),
    held: held.length > 0 ? await testFingerprint(platform, held) : "",
  };
}

/** Returns the seed of a split, and the given options that decide it. */
export const splitOf = (
  { groupFrom, splitBy, gap }: Readonly<Partial<RecipeOptions>>,
  seed: number,
): CollectedPart["split"] => ({
  seed,
  ...(groupFrom !== undefined && { groupFrom }),
  ...(splitBy !== undefined && { splitBy }),
  ...(gap !== undefined && { gap }),
});

/** Returns a random id of samples that were added up. */
export const drawPartId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

/** Writes a file of feature sums. */
export async function writeSums({ files, sha256 }: Platform, path: string, file: SumsFile): Promise<void> {
  await files.writeAtomic(path, await encodeSums(file, sha256));
}

/** Reads a file of feature sums. @throws DataError for another file, or a damaged one */
export async function readSums({ files, sha256 }: Platform, path: string): Promise<SumsFile> {
  const found = await files.stat(path);
  if (found?.kind !== "file")
    throw new EngraftError("DataError", `there are no feature sums at "${path}"`, {
      help: "`engraft sums DATA --out FILE` writes them, and `engraft train DATA --strategy sums` keeps them in its run folder",
    });
  const file = await decodeSums(await files.read(path, { limit: mostBytes }), path, sha256);
  checkOptions(baseOptionsOf(file.options));
  return file;
}
