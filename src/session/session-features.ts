import { modalityOfBase } from "../bases/modality-of-base.js";
import { findModelFolder, taskOfModel } from "../bases/model-folder/model-folder.js";
import { readPartsOfBase, type SampleParts } from "../bases/model-folder/sample-parts.js";
import { baseRefs } from "../bases/open/base-refs.js";
import { EngraftError } from "../core/errors.js";
import { modalities } from "../core/modalities.js";
import { wholeOf } from "../core/results/rows.js";
import { classificationOf, isBaseClassification } from "../core/results/task.js";
import { checkAgainst } from "../options/option-checks.js";
import { optionTable } from "../options/option-table.js";
import { refuseUnusable } from "../options/refuse-unusable.js";
import type { Platform } from "../platform/platform.js";
import { openToPredict } from "../run/device/open-to-predict.js";
import type { Machine } from "../run/machine.js";
import { openTrunk } from "../run/setup.js";
import { openInputs } from "../tasks/inputs/open-inputs.js";
import { type Content, readContent } from "../tasks/inputs/read-content.js";
import type { SessionBase, SessionOptions } from "./live-session.js";
import { openNearCopies } from "./open-near-copies.js";
import { requireArgument } from "./require-argument.js";

const tasks = Object.values(classificationOf);
const { cut, pooling, maxLength, mean, std, rescale, channels, imageSize, threads, device, cache } =
  optionTable;
const rows = { cut, pooling, maxLength, mean, std, rescale, channels, imageSize, threads, device, cache };
const checks = Object.fromEntries(Object.entries(rows).map(([name, { check }]) => [name, check]));

/** The features that a base computes for samples that come one by one. */
export type SessionFeatures = Awaited<ReturnType<typeof openSessionFeatures>>;

/** Opens the base of a session. @throws as `openSession` */
export async function openSessionFeatures(machine: Machine, from: SessionBase, given: SessionOptions | null) {
  const name = typeof from === "object" ? from?.run : from;
  const isBase = typeof name === "string" && name !== "";
  requireArgument(isBase, "openSession", from, 'a base: its name, its path, or { run: "runs/flowers" }');
  const options = { ...given };
  checkAgainst(checks, options);
  const { onEvent = () => undefined, signal } = options;
  const stop = signal && { signal };
  const { platform, bytes } = withBytes(machine.platform);
  const base = typeof from === "string" ? from : await modelOf(platform, from.run);
  const modality = await modalityOfBase(base, { platform, onEvent, ...stop });
  const task = classificationOf[modality];
  const how = { ...options, base, strategy: "probe" } as const;
  refuseUnusable(how, task);
  const files = { platform, onEvent, run: platform.cacheDir() };
  const { opened, inputs } = await openInputs(modality, { items: [] }, how, files);
  const learnt = await learntBy(platform, base);
  const runtime = await openToPredict(machine, options);
  const trunk = await openTrunk(opened, runtime, platform, how, (await inputs()).inputs);
  const cache = options.cache !== false;
  const near = await openNearCopies(modality, { platform, cache, onEvent, signal });
  return {
    ...{ opened, task, unit: modalities[modality].many, platform, runtime, signal, learnt, near },
    /** Reads the input of a sample. @throws DataError, FileError */
    read: (id: string, input: unknown) => readContent(modality, input, { platform, opened, id }),
    /** Returns float32[N, D]. @param cached true to read and write the cache of features */
    async rowsOf(contents: readonly Content[], cached: boolean): Promise<Float32Array> {
      if (contents.length === 0) return new Float32Array(0);
      const items = contents.map(({ bytes: own, ...content }) => {
        let { path } = content;
        // Another call may read bytes of this name now.
        if (own) for (let n = 2; bytes.has(path); n++) path = `${content.path} (${n})`;
        if (own) bytes.set(path, own);
        return { ...content, path, id: path, part: "train" as const };
      });
      try {
        const its = (await inputs({ items })).inputs;
        return wholeOf(await trunk.features(items, { onEvent, inputs: its, cached, ...stop }));
      } finally {
        for (const { path } of items) bytes.delete(path);
      }
    },
    async close(): Promise<void> {
      await trunk.close();
      await near.close();
      await runtime.close();
    },
  };
}

/** Returns the model folder of a run. @throws OptionError for a run of another task */
async function modelOf(platform: Platform, run: string): Promise<string> {
  const dir = await findModelFolder(platform, run);
  const task = await taskOfModel(platform, dir);
  if (isBaseClassification(task)) return dir;
  throw new EngraftError("OptionError", `a session is for ${tasks.join(", ")}, and the run is for ${task}`, {
    at: run,
    help: "add the samples to its data, and train again: engraft train",
  });
}

/** Returns the splits of the samples that a base was trained on; undefined if the base is made of a model whose training samples are unknown. */
async function learntBy(platform: Platform, base: string): Promise<SampleParts | undefined> {
  const parts: (SampleParts | undefined)[] = [];
  for (const ref of await baseRefs(base, platform)) {
    const its = await readPartsOfBase(platform, ref);
    if (its) parts.push(its.known);
  }
  return parts.includes(undefined) ? undefined : Object.assign({}, ...parts);
}

/** Returns a platform that also reads bytes in memory, by names that are no absolute paths. */
function withBytes(platform: Platform) {
  const bytes = new Map<string, Uint8Array>();
  const { files } = platform;
  const read: typeof files.read = async (path, how) => bytes.get(path) ?? files.read(path, how);
  return { bytes, platform: { ...platform, files: { ...files, read } } };
}
