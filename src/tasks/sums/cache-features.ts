import { EngraftError, stopIf } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { type BaseFacts, baseFacts } from "../../core/results/base-facts.js";
import type { Task } from "../../core/results/task.js";
import type { Sample } from "../../data/index.js";
import { inShard, readShard } from "../../data/shard.js";
import { count } from "../../data/split/found.js";
import { checkOptions } from "../../options/check-options.js";
import { capabilitiesOf } from "../../options/task-capabilities.js";
import type { Platform } from "../../platform/platform.js";
import { openMachine } from "../../run/machine.js";
import { openTrunk, type Trunk } from "../../run/setup.js";
import { openFeatureCache } from "../../train/feature-cache/feature-cache.js";
import { cacheFailure } from "../../train/feature-cache/feature-rows.js";
import { openToCompute } from "./open-to-compute.js";
import type { CacheFeaturesOptions } from "./sums-options.js";

/** Features that are in the cache now. */
export interface FeaturesResult {
  readonly event: "result";
  readonly task: "features";
  readonly of: Task;
  readonly base: BaseFacts;
  /** Features per sample. */
  readonly features: number;
  /** Samples of the shard, or all. */
  readonly samples: number;
  /** Samples whose features were not in the cache. */
  readonly computed: number;
  readonly shard?: string;
  /** Folder of the cache. */
  readonly cache: string;
  /** Size of all cached features, and their limit. */
  readonly bytes: number;
  readonly limit: number;
  readonly seconds: number;
}

/** Samples whose features are computed before their memory is freed. */
const samplesAtOnce = 4096;

/**
 * Computes the features of samples by a frozen base, and stores them in the cache. `train`, `rank` and `compare` with the same base then
 * read them. Several machines that see one cache folder can do a shard each.
 *
 * @param data samples with classes, labels or numbers, as for `train`
 * @throws DataError for unusable data; OptionError for another task, and for a cache that is too small; FileError for a cache that cannot be written
 * @example const { samples, computed } = await cacheFeatures("./photos", { base: "vision-open", shard: "3/20" });
 */
export async function cacheFeatures(
  data: string,
  options: CacheFeaturesOptions = {},
): Promise<FeaturesResult> {
  const begin = performance.now();
  const { shard, cacheDir, cacheLimit: gigabytes, ...given } = options;
  checkOptions({ ...given });
  if (shard !== undefined) readShard(shard);
  const machine = await openMachine();
  const platform = withCache(machine.platform, cacheDir, gigabytes);
  const cache = openFeatureCache({ platform });
  const { directory, limitBytes } = await cache.stats();
  await requireWritable(platform, directory);
  const failures: string[] = [];
  const onEvent = (event: EngraftEvent): void => {
    const why = cacheFailure(event);
    if (why === undefined) options.onEvent?.(event);
    else failures.push(why);
  };
  const { task, opened, base, context, runtime } = await openToCompute(
    { ...machine, platform },
    data,
    { ...given, onEvent },
    { strategy: "probe", folder: platform.cacheDir(), shard },
  );
  try {
    // A hidden layer is learnt from one row of features for each sample.
    if (!capabilitiesOf(task).includes("hidden layer"))
      throw new EngraftError(
        "OptionError",
        `the base has no features of one row for each sample of ${task}`,
        {
          help: "leave this command out: a training computes what it needs",
        },
      );
    const all = opened.items as readonly Sample[];
    const items = shard === undefined ? all : inShard(all, shard, data);
    const { width } = base.opened.body;
    const trunk = await openTrunk(base.opened, runtime, platform, { ...given, onEvent }, context.inputs);
    let computed = 0;
    try {
      requireRoom(items.length, shard, width, limitBytes);
      const missing = await trunk.missing(items as never);
      for await (const done of inBlocks(trunk, items.length, missing, { ...given, onEvent })) {
        computed = done;
        requireStored(failures, directory);
      }
    } finally {
      await trunk.close();
    }
    requireStored(failures, directory);
    const { bytes } = await cache.stats();
    return {
      event: "result",
      task: "features",
      of: task,
      base: baseFacts(base.opened.base),
      features: width,
      samples: items.length,
      computed,
      ...(shard !== undefined && { shard }),
      cache: directory,
      bytes,
      limit: limitBytes,
      seconds: (performance.now() - begin) / 1000,
    };
  } finally {
    await runtime.close();
  }
}

/** Computes and stores features, block by block. @yields the number of samples so far */
async function* inBlocks(
  trunk: Trunk,
  all: number,
  missing: readonly Sample[],
  { onEvent, signal }: Pick<CacheFeaturesOptions, "onEvent" | "signal">,
): AsyncGenerator<number> {
  const begin = performance.now();
  for (let first = 0; first < missing.length; first += samplesAtOnce) {
    stopIf(signal);
    const block = missing.slice(first, first + samplesAtOnce);
    const table = await trunk.features(block as never, {
      ...(signal && { signal }),
      onEvent: (event) => {
        if (event.event !== "progress" || event.phase !== "features") return onEvent?.(event);
        const done = first + event.done;
        const per_second = (1000 * done) / (performance.now() - begin);
        const seconds_left = (missing.length - done) / per_second;
        onEvent?.({ ...event, done: all - missing.length + done, total: all, per_second, seconds_left });
      },
    });
    table.close();
    yield first + block.length;
  }
}

/** Returns a platform with another cache folder or another limit of the features. */
function withCache(
  platform: Platform,
  cacheDir: string | undefined,
  gigabytes: number | undefined,
): Platform {
  const { files, env } = platform;
  if (gigabytes !== undefined && !(gigabytes > 0 && Number.isFinite(gigabytes)))
    throw new EngraftError("OptionError", `cacheLimit must be a number of GB above 0, got ${gigabytes}`, {
      details: { option: "cacheLimit", value: gigabytes },
    });
  return {
    ...platform,
    ...(cacheDir !== undefined && { cacheDir: () => files.resolve(cacheDir) }),
    ...(gigabytes !== undefined && {
      env: (name: string) => (name === "ENGRAFT_CACHE_LIMIT" ? String(gigabytes) : env(name)),
    }),
  };
}

/** @throws FileError for a folder that cannot be written */
async function requireWritable({ files }: Platform, directory: string): Promise<void> {
  const path = files.join(directory, "written");
  try {
    await files.writeAtomic(path, "");
    await files.remove(path);
  } catch (error) {
    throw notStored(directory, error instanceof EngraftError ? error.message : String(error));
  }
}

/** @throws FileError if features could not be written */
function requireStored(failures: readonly string[], directory: string): void {
  const [first] = failures;
  if (first !== undefined) throw notStored(directory, first);
}

const notStored = (directory: string, why: string): EngraftError =>
  new EngraftError("FileError", `features cannot be stored in ${JSON.stringify(directory)}: ${why}`, {
    help: "make room or allow writing there, or name another folder with --cache-dir; what is stored stays, and the same command continues",
  });

/** Bytes of a row besides its numbers: the hash of its sample. */
const bytesOfName = 67;

/** @throws OptionError if the rows of all shards exceed the limit of the cache */
function requireRoom(samples: number, shard: string | undefined, width: number, limit: number): void {
  const all = samples * Number(shard?.split("/")[1] ?? 1);
  const needed = all * (4 * width + bytesOfName);
  if (needed <= limit) return;
  const gigabytes = (bytes: number): string => String(Number((bytes / 1e9).toPrecision(2)));
  const more = Math.ceil(needed / 1e8) / 10;
  throw new EngraftError(
    "OptionError",
    `the features of ${count(all, "sample")} take ${gigabytes(needed)} GB, and the limit of the cache is ${gigabytes(limit)} GB`,
    {
      help: `set the environment variable ENGRAFT_CACHE_LIMIT=${more} on every machine, or give --cache-limit ${more}`,
      details: { samples: all, bytes: needed, limit },
    },
  );
}
