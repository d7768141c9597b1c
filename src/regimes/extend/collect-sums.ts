import { EngraftError } from "../../core/errors.js";
import { type BaseFacts, baseFacts } from "../../core/results/base-facts.js";
import type { Task } from "../../core/results/task.js";
import type { Sample } from "../../data/index.js";
import { emptyShard, readShard } from "../../data/shard.js";
import {
  classesOf,
  type FeatureSums,
  namesOf,
  withoutClassScatters,
} from "../../methods/sums/feature-sums.js";
import { type CollectedPart, encodeSums, type SumsFile } from "../../methods/sums/sums-file.js";
import { checkOptions } from "../../options/check-options.js";
import { requireOwnOutput, writeOutput } from "../../platform/disk/write-output.js";
import type { Platform } from "../../platform/platform.js";
import { baseOptionsOf, contentOf, drawPartId, isPath, splitOf } from "../../run/folder/sums-in-folder.js";
import { openMachine } from "../../run/machine.js";
import { featureKeyOf } from "../../run/setup.js";
import { namesIn, type SourceData } from "../../tasks/sums/open-sources.js";
import { openToCompute } from "../../tasks/sums/open-to-compute.js";
import { sumsOfItems } from "../../tasks/sums/solve-from-sums.js";
import type { CollectOptions } from "../../tasks/sums/sums-options.js";

/** A written file of feature sums. */
export interface SumsResult {
  readonly event: "result";
  readonly task: "feature-sums";
  readonly file: string;
  readonly bytes: number;
  readonly of: Task;
  readonly base: BaseFacts;
  /** Features per sample. */
  readonly features: number;
  /** Samples of the test split, which are left out. */
  readonly test: number;
  /** Samples in the sums; the test split is not. */
  readonly samples: number;
  readonly shard?: string;
  /** Samples of each class. Missing for numbers. */
  readonly classes?: readonly { readonly name: string; readonly samples: number }[];
  readonly targets?: readonly string[];
  readonly seconds: number;
}

/** Fewest samples of a class in a file that goes to somebody else. */
const fewestShared = 5;

/**
 * Adds up the features of samples, and writes the sums to a file, which {@link extend} makes a model of. The file holds no sample and no
 * name of one. The test split is left out, so that a model from the sums can be scored on it.
 *
 * @param data samples with classes or numbers, as for `train`
 * @throws DataError for unusable data; OptionError for another task
 * @example const { file, samples } = await collectSums("./photos", { base: "vision-open", out: "a.sums" });
 */
export async function collectSums(data: string, options: CollectOptions): Promise<SumsResult> {
  const begin = performance.now();
  requireText("data", data);
  requireText("out", options?.out);
  const { out, share = false, shard, ...given } = options;
  checkOptions({ ...given });
  const isOfShard = shard === undefined ? () => true : readShard(shard);
  const isIn = ({ sha256 }: Pick<Sample, "sha256">) => isOfShard(Number.parseInt(sha256.slice(0, 8), 16));
  const machine = await openMachine();
  const { platform } = machine;
  await requireOwnOutput(platform.files, out, "sums", "--out");
  const { task, opened, base, context, seed, runtime } = await openToCompute(machine, data, given, {
    strategy: "sums",
    folder: platform.files.dirname(platform.files.resolve(out)),
  });
  try {
    const all = opened as unknown as SourceData;
    const items = all.items.filter((item) => item.part !== "test" && isIn(item));
    if (items.length === 0) throw shard === undefined ? nothingToAdd(data) : emptyShard(data, shard);
    const targets = { names: namesIn(all), areNumbers: all.targets !== undefined };
    const own = await sumsOfItems(context, items, targets);
    if (share) requireEnough(own);
    const sums = share ? withoutClassScatters(own) : own;
    const file: SumsFile = {
      task,
      key: await featureKeyOf(base.opened, runtime, platform),
      options: {
        ...baseOptionsOf(given),
        base: isPath(given.base) ? `file:${base.opened.base.name}` : (given.base ?? base.opened.base.name),
      },
      parts: [
        await partOf(platform, all, { samples: items.length, split: splitOf(given, seed), shard, sums }),
      ],
      sums,
    };
    const bytes = await encodeSums(file, platform.sha256);
    await writeOutput(platform.files, out, bytes, "sums", "--out");
    return {
      event: "result",
      task: "feature-sums",
      file: platform.files.resolve(out),
      bytes: bytes.length,
      of: task,
      base: baseFacts(base.opened.base),
      features: sums.dims,
      test: all.items.filter(({ part }) => part === "test").length,
      samples: sums.count,
      ...(shard !== undefined && { shard }),
      ...("classes" in sums.targets
        ? { classes: sums.targets.classes.map(({ name, count }) => ({ name, samples: count })) }
        : { targets: sums.targets.numbers.names }),
      seconds: (performance.now() - begin) / 1000,
    };
  } finally {
    await runtime.close();
  }
}

function requireText(name: string, value: unknown): void {
  if (typeof value === "string" && value.trim() !== "") return;
  throw new EngraftError("OptionError", `${name} must be a path, got ${JSON.stringify(value)}`, {
    help: 'collectSums("./photos", { out: "photos.sums" }); engraft sums ./photos --out photos.sums',
    details: { option: name, value },
  });
}

/** Returns what a file says of the samples that were added up. */
async function partOf(
  platform: Platform,
  { items }: SourceData,
  {
    samples,
    split,
    shard,
    sums,
  }: Pick<CollectedPart, "samples" | "split"> & {
    readonly shard: string | undefined;
    readonly sums: FeatureSums;
  },
): Promise<CollectedPart> {
  return {
    id: drawPartId(),
    samples,
    ...(await contentOf(platform, items)),
    split,
    ...("classes" in sums.targets && { classes: namesOf(sums) }),
    ...(shard !== undefined && { shard }),
  };
}

const nothingToAdd = (data: string): EngraftError =>
  new EngraftError("DataError", `all samples of "${data}" are in its test split, which is left out`, {
    help: "give samples of the training split too",
  });

/** @throws DataError for a class with few samples, whose sums nearly are its samples */
function requireEnough(sums: FeatureSums): void {
  const few = "classes" in sums.targets ? classesOf(sums).filter(({ count }) => count < fewestShared) : [];
  if (few.length === 0 && sums.count >= fewestShared) return;
  const [first] = few;
  throw new EngraftError(
    "DataError",
    first
      ? `class ${JSON.stringify(first.name)} has ${first.count} of the ${fewestShared} samples that --share needs`
      : `${sums.count} samples are fewer than the ${fewestShared} that --share needs`,
    {
      help: "whoever holds this file can compute with its sums; with few samples it reveals them: add samples, leave the class out, or use fewer shards",
      details: { classes: few.map(({ name, count }) => ({ name, samples: count })) },
    },
  );
}
