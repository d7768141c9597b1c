import { EngraftError } from "../../core/errors.js";
import type { WarningEvent } from "../../core/events/progress-events.js";
import { message, warningText } from "../../core/messages/message.js";
import { type BaseFacts, baseFacts } from "../../core/results/base-facts.js";
import type { Task } from "../../core/results/task.js";
import type { Sample } from "../../data/index.js";
import { emptyShard, readShard } from "../../data/shard.js";
import { fewDirections, strongestDirections } from "../../methods/sums/directions.js";
import {
  classesOf,
  type FeatureSums,
  namesOf,
  withoutClassScatters,
} from "../../methods/sums/feature-sums.js";
import { type CollectedPart, encodeSums, type SumsFile } from "../../methods/sums/sums-file.js";
import { checkOptions } from "../../options/check-options.js";
import { checkAgainst, whole } from "../../options/option-checks.js";
import { requireOwnOutput, writeOutput } from "../../platform/disk/write-output.js";
import type { Platform } from "../../platform/platform.js";
import {
  baseOptionsOf,
  contentOf,
  drawPartId,
  isPath,
  readSums,
  splitOf,
} from "../../run/folder/sums-in-folder.js";
import { openMachine } from "../../run/machine.js";
import { featureKeyOf } from "../../run/setup.js";
import { requireSameFeatures } from "../../tasks/sums/fit-sources.js";
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
  /** Directions that they are added up along. Missing: all features. */
  readonly directions?: number;
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
  const { out, share = false, shard, directions, like, ...given } = options;
  checkOptions({ ...given });
  checkDirections(directions, like);
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
    const key = await featureKeyOf(base.opened, runtime, platform);
    const content = await contentOf(platform, all.items);
    const along = directions && (await directionsOf(platform, like!, directions, { key, content }));
    const own = await sumsOfItems(context, items, { ...targets, ...(along && { directions: along }) });
    if (share) {
      requireEnough(own);
      if (own.dims > fewDirections(own.count)) context.onEvent(revealing(own));
    }
    const sums = share ? withoutClassScatters(own) : own;
    const file: SumsFile = {
      task,
      key,
      options: {
        ...baseOptionsOf(given),
        base: isPath(given.base) ? `file:${base.opened.base.name}` : (given.base ?? base.opened.base.name),
      },
      parts: [
        {
          ...{ id: drawPartId(), samples: items.length, ...content, split: splitOf(given, seed) },
          ...("classes" in sums.targets && { classes: namesOf(sums) }),
          ...(shard !== undefined && { shard }),
        },
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
      features: base.opened.body.width,
      ...(along && { directions: sums.dims }),
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

/** @throws OptionError for directions without a file to take them from, and the other way round */
function checkDirections(directions: number | undefined, like: string | undefined): void {
  checkAgainst({ directions: whole(1, 1e5) }, directions === undefined ? {} : { directions });
  if ((directions === undefined) === (like === undefined)) return;
  throw new EngraftError(
    "OptionError",
    directions === undefined
      ? "--like takes a number of directions from its file: --directions is missing"
      : `--directions ${directions} needs feature sums to take them from: --like is missing`,
    {
      help: "engraft sums PUBLIC --out public.sums; engraft sums DATA --share --directions 16 --like public.sums --out FILE",
      details: { directions, like },
    },
  );
}

/** Returns the strongest directions of other sums. @throws DataError for sums of other features, or of the same samples */
async function directionsOf(
  platform: Platform,
  like: string,
  count: number,
  own: Pick<SumsFile, "key"> & { readonly content: Pick<CollectedPart, "data"> },
): Promise<Float64Array> {
  const file = await readSums(platform, like);
  requireSameFeatures([{ name: like, kind: "sums", file, names: [] }], own.key, file.options.base);
  if (file.parts.some(({ data }) => data === own.content.data))
    throw new EngraftError("DataError", `"${like}" is of these samples, so its directions reveal them`, {
      help: "give --like the sums of samples that are no secret",
    });
  return strongestDirections(file.sums, count);
}

/** Warning of what the holder of a file can tell of single samples. */
const revealing = ({ count: samples, dims }: FeatureSums): WarningEvent => ({
  event: "warning",
  ...warningText(
    "samples_in_sums",
    message("samples-in-sums", { samples, dims, directions: fewDirections(samples) }),
  ),
});

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
