import { headValues, type LinearHead } from "../../bases/heads.js";
import {
  type EngraftManifest,
  findModelFolder,
  readLabels,
  readManifest,
  taskOfModel,
} from "../../bases/model-folder/model-folder.js";
import { readSampleParts, type SampleParts } from "../../bases/model-folder/sample-parts.js";
import { readJson } from "../../bases/open/read-json.js";
import { temperatureValues } from "../../bases/temperature.js";
import { storedAs } from "../../bases/weight-storage.js";
import { EngraftError } from "../../core/errors.js";
import { type BaseClassification, factsOf, isBaseClassification } from "../../core/results/task.js";
import { float32 } from "../../core/tensor.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import { toOnnx } from "../../graph/to-onnx.js";
import type { Files, Platform } from "../../platform/platform.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import type { DomainUnit } from "../adaptation/domain.js";

/** A model of classes whose last layer may be replaced. */
export interface OpenedModel {
  readonly dir: string;
  readonly task: BaseClassification;
  readonly unit: DomainUnit;
  readonly classes: readonly string[];
  readonly engraft: EngraftManifest;
  /** Of the run that trained it. Missing: only the model folder is here. */
  readonly manifest?: RunManifest;
  /** Splits of the samples that it was trained on. Missing: they are not known. */
  readonly samples?: SampleParts | undefined;
  readonly head: LinearHead;
  /** Returns the file with another last layer. */
  withHead(head: LinearHead): Uint8Array;
}

/** Opens a model that `train` made. @throws ModelError for a model of another task, or without a linear last layer */
export async function openModel(platform: Platform, path: string): Promise<OpenedModel> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const task = await taskOfModel(platform, dir);
  const refuse = (what: string, help: string): EngraftError =>
    new EngraftError("ModelError", what, { at: dir, help, details: { task } });
  if (!isBaseClassification(task))
    throw refuse(
      `the model is of ${task}`,
      "label-shift and shot take models of one class a sample: of pictures, texts or sounds",
    );
  const read = (name: string): Promise<unknown> => readJson(platform, files.join(dir, name));
  if (!(await files.stat(files.join(dir, "engraft.json"))))
    throw refuse("the model folder has no engraft.json", "give a model of `engraft train`");
  const engraft = readManifest(await read("engraft.json"), files.join(dir, "engraft.json"));
  const config = await read("config.json");
  const several = (config as { engraft_tasks?: unknown } | null)?.engraft_tasks !== undefined;
  if (several || engraft.pairs)
    throw refuse(
      several ? "the model has several heads" : "the model takes texts in pairs",
      "give a model with one head and one input a sample",
    );
  const file = files.join(dir, "onnx", "model.onnx");
  if (!(await files.stat(file)))
    throw refuse(
      "the folder holds an adapter without its base",
      `write the whole model first: engraft export ${JSON.stringify(path)} --out merged`,
    );
  const { graph, storedAs: cameAs } = fromOnnx(await files.read(file));
  const [weight, bias] = [headValues.weight, headValues.bias].map((name) => graph.initializers.get(name));
  if (weight?.dtype !== "float32" || bias?.dtype !== "float32")
    throw refuse(
      "the model has no linear last layer of Engraft",
      "give a model of `engraft train` with a strategy other than ngram-probe",
    );
  // A calibrated model divides its logits at the end.
  const divisor = Number(graph.initializers.get(temperatureValues.temperature)?.data[0] ?? 1);
  const run = files.join(dir, "..");
  const manifest = (await files.stat(files.join(run, "run.json")))
    ? (await RunFolder.open(platform, run)).manifest
    : undefined;
  if ((manifest?.result as { readonly task?: unknown } | undefined)?.task === "source-free-adaptation")
    throw refuse(
      "the model was adapted already",
      `adapt the first one again: engraft adapt ${JSON.stringify(manifest!.data)} TARGET --method ${manifest!.options.method as string}`,
    );
  const scaled = (values: ArrayLike<number>, factor: number) =>
    Float32Array.from(values, (value) => value * factor);
  return {
    dir,
    task,
    unit: factsOf(task).sample,
    classes: readLabels(config, files.join(dir, "config.json")),
    engraft,
    ...(manifest && { manifest }),
    samples: await readSampleParts(platform, dir, engraft),
    head: {
      weight: scaled(weight.data as Float32Array, 1 / divisor),
      bias: scaled(bias.data as Float32Array, 1 / divisor),
    },
    withHead(head) {
      const changed = graph.clone();
      for (const [name, values] of [
        [headValues.weight, head.weight],
        [headValues.bias, head.bias],
      ] as const) {
        const { dims } = changed.initializers.get(name)!;
        changed.initializers.set(name, float32(dims, scaled(values, divisor)));
      }
      // The head stays as it is computed: rounded, its predictions would be others.
      const storeAs = [...storedAs(changed, "same", cameAs)].filter(
        ([name]) => name !== headValues.weight && name !== headValues.bias,
      );
      return toOnnx(changed, { storeAs: new Map(storeAs) });
    },
  };
}

/** Returns the files of a model folder, without those that a new model has of its own. */
export async function otherFilesOf(
  files: Files,
  dir: string,
  within = "",
): Promise<(readonly [string, Uint8Array])[]> {
  const own = ["README.md", "engraft.json", "onnx/model.onnx"];
  const found = await files.list(files.join(dir, within));
  const read = found.map(async ({ name, kind }): Promise<(readonly [string, Uint8Array])[]> => {
    const path = within === "" ? name : `${within}/${name}`;
    if (kind === "folder") return otherFilesOf(files, dir, path);
    return own.includes(path) ? [] : [[path, await files.read(files.join(dir, ...path.split("/")))]];
  });
  return (await Promise.all(read)).flat();
}
