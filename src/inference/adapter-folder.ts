import { bodyOf } from "../bases/body.js";
import { exportClassifier } from "../bases/export.js";
import { withHead } from "../bases/heads.js";
import { findModelFolder, readLabels } from "../bases/model-folder/model-folder.js";
import { baseRefs } from "../bases/open/base-refs.js";
import { type Base, openBase } from "../bases/open/open-base.js";
import { readJson } from "../bases/open/read-json.js";
import { readPreprocessing } from "../bases/preprocessing.js";
import { EngraftError } from "../core/errors.js";
import type { ImagePreprocessing } from "../data/dataset.js";
import type { Graph } from "../graph/graph.js";
import {
  type Adapter,
  adapterFiles,
  decodeAdapter,
  fitAdapter,
  requireBase,
} from "../methods/peft/adapter-file.js";
import { merged } from "../methods/peft/merge.js";
import type { Platform } from "../platform/platform.js";

/** Folder of an adapter, with all that a prediction needs. */
export interface AdapterFolder {
  readonly dir: string;
  /** Its tensors under the keys of the file: {@link fitAdapter} maps them to the graph's names. */
  readonly adapter: Adapter;
  readonly classes: readonly string[];
  readonly preprocessing: ImagePreprocessing;
}

/** Largest adapter file, in bytes. */
const largest = 2 ** 31;

/**
 * Reads the adapter of a model folder, or of its run folder.
 * @throws ModelError if the folder has no adapter, or a damaged one
 */
export async function readAdapter(platform: Platform, path: string): Promise<AdapterFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string): string => files.join(dir, name);
  for (const name of [...Object.values(adapterFiles), "config.json", "preprocessor_config.json"])
    if (!(await files.stat(file(name))))
      throw new EngraftError("ModelError", `the model folder has no ${name}: there is no adapter in it`, {
        at: dir,
        help: "train one with --strategy lora, dora, ia3 or adapter",
      });
  const config = await readJson(platform, file(adapterFiles.config));
  const bytes = await files.read(file(adapterFiles.tensors), { limit: largest });
  return {
    dir,
    adapter: decodeAdapter(bytes, config, file(adapterFiles.tensors)),
    classes: readLabels(await readJson(platform, file("config.json")), file("config.json")),
    preprocessing: readPreprocessing(await readJson(platform, file("preprocessor_config.json"))),
  };
}

/**
 * Opens the base of an adapter.
 * @param ref its path; default: its path when the adapter was trained
 * @throws ModelError with both hashes if it is another base
 */
export async function baseOf(folder: AdapterFolder, platform: Platform, ref?: string): Promise<Base> {
  const { adapter, preprocessing, dir } = folder;
  const { mean, std, rescale, channels, height } = preprocessing;
  const refs = await baseRefs(ref ?? (await recordedBase(folder, platform)), platform);
  const base =
    refs.length > 1
      ? await joinedBase(refs, height, platform)
      : await openBase(refs[0]!, {
          platform,
          cut: adapter.base.cut,
          mean,
          std,
          rescale,
          channels,
          imageSize: height,
        });
  requireBase(adapter, base, dir);
  return base;
}

/** Opens joined bases, whose pictures may have been given another size for all of them. */
async function joinedBase(refs: readonly string[], height: number, platform: Platform): Promise<Base> {
  const { openJoinedBase } = await import("../bases/joined/joined-base.js");
  const base = await openJoinedBase(refs, { platform });
  return base.preprocessing.height === height ? base : openJoinedBase(refs, { platform, imageSize: height });
}

/** Returns the base that the adapter's run records; without a run, the name in the adapter, which has no path. */
async function recordedBase({ adapter, dir }: AdapterFolder, platform: Platform): Promise<string> {
  const { files } = platform;
  const run = files.join(dir, "..", "run.json");
  if (!(await files.stat(run))) return adapter.base.ref;
  const { options } = ((await readJson(platform, run)) ?? {}) as { options?: { base?: unknown } };
  return typeof options?.base === "string" ? options.base : adapter.base.ref;
}

/** Returns the base with a blank head for the adapter's classes. */
export function graphFor(base: Base, { adapter, classes }: AdapterFolder): Graph {
  const body = bodyOf(base.imported.graph, { cut: adapter.base.cut });
  return withHead(body, classes.length, {
    weight: new Float32Array(classes.length * body.width),
    bias: new Float32Array(classes.length),
  });
}

/** Returns the ONNX file of an adapter merged with its base. */
export async function mergedFile(platform: Platform, path: string): Promise<Uint8Array> {
  const folder = await readAdapter(platform, path);
  const base = await baseOf(folder, platform);
  const graph = graphFor(base, folder);
  const { spec, weights } = fitAdapter(graph, folder.adapter, folder.dir);
  return exportClassifier(merged(graph, spec, weights), folder.preprocessing);
}
