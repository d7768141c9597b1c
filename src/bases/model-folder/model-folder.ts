import { EngraftError } from "../../core/errors.js";
import type { CustomScores } from "../../core/events/custom-event.js";
import type { Interval, TrustFacts } from "../../core/events/events.js";
import type { BaseModality, SampleWords } from "../../core/modalities.js";
import { newerVersion, requireKnownFormat } from "../../core/newer-version.js";
import type { BaseFacts } from "../../core/results/base-facts.js";
import type { DetectionScores } from "../../core/results/dense/detection.js";
import type { MaskScores } from "../../core/results/dense/segmentation.js";
import type { GenerationScores } from "../../core/results/sequences/generation.js";
import type { DecoderFacts, TranscriptScores } from "../../core/results/sequences/transcripts.js";
import {
  classificationOf,
  defaultTask,
  isCustomTask,
  type ModelTask,
  type PredictionBand,
  type TargetFacts,
  tasks,
  taskWith,
} from "../../core/results/task.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import type { Platform } from "../../platform/platform.js";
import { readJson } from "../open/read-json.js";
import { readPreprocessing, writePreprocessing } from "../preprocessing.js";
import type { NamedHead } from "../task-heads.js";
import { type ImagePredictions, imageModels } from "./image-models.js";
import { type SampleParts, writeSampleParts } from "./sample-parts.js";
import { writeFolder } from "./write-folder.js";

/** Facts about a model trained by Engraft: `engraft.json`. */
export interface EngraftManifest {
  readonly format: 1;
  readonly task: ModelTask;
  readonly base: BaseFacts;
  readonly strategy: { readonly name: string; readonly reasons: readonly string[] };
  /** Units of the hidden layer between features and output layer. Missing: the head is linear. */
  readonly hidden?: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly split: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly seed: number;
  };
  /** Fingerprints of the dataset with its splits, and of its test split alone. */
  readonly data: { readonly fingerprint: string; readonly test_fingerprint: string };
  readonly test?:
    | Pick<CustomScores, "n" | "metric">
    | { readonly n: number; readonly accuracy: number; readonly accuracy_ci95: Interval }
    | { readonly n: number; readonly r2: number; readonly r2_ci95: Interval | null }
    | Pick<DetectionScores, "n" | "ap" | "ap_ci95" | "ap50" | "ap50_ci95">
    | Pick<MaskScores, "n" | "miou" | "miou_ci95">
    | { readonly n: number; readonly micro_f1: number; readonly micro_f1_ci95: Interval }
    | (Pick<TranscriptScores, "n"> & {
        readonly wer: number;
        readonly wer_ci95: Interval | null;
        readonly cer: number;
        readonly cer_ci95: Interval | null;
      })
    | (Pick<GenerationScores, "n" | "perplexity" | "perplexity_ci95" | "bits_per_byte"> & {
        readonly token_accuracy: number;
        readonly token_accuracy_ci95: Interval | null;
      })
    | { readonly sentences: number; readonly f1: number; readonly f1_ci95: Interval };
  readonly seed: number;
  /** Calibration and trust of the class probabilities. */
  readonly trust?: TrustFacts;
  /** Set for text models that classify pairs. */
  readonly pairs?: true;
  /** For several labels: their unit, and the probability threshold of each. */
  readonly labels?: {
    readonly unit: SampleWords<BaseModality>["many"];
    readonly thresholds: readonly number[];
  };
  /** For speech: how transcripts were normalised and scored, and the decoder of `predict`. */
  readonly speech?: {
    readonly normalizer: "none" | "basic";
    readonly unit: "words" | "characters";
    readonly decoder: DecoderFacts;
  };
  /** For text generation: the form of the training data, and the number of tokens per row. A score depends on them. */
  readonly generation?: {
    readonly form: "texts" | "chats";
    readonly length: number;
    readonly learnt?: "answers" | "all messages";
    /** For a template that writes the time: that of the training, by the clock of its machine. */
    readonly time?: string;
  };
  /** For boxes: `predict` shows detections with at least this score, that of the best F1 on the validation split. */
  readonly boxes?: { readonly threshold: number };
  /** For a regression: its targets, and the widths of their prediction intervals by predicted value. */
  readonly regression?: {
    readonly targets: readonly TargetFacts[];
    readonly coverage: number;
    readonly bands: readonly (readonly PredictionBand[])[];
  };
}

export interface ModelFolderContent {
  /** pixel_values float32[batch, 3, H, W] -> outputs of {@link imageModels}; missing if the folder holds an adapter only. */
  readonly onnx?: Uint8Array;
  /** Predictions of a model of images. Default "classes". */
  readonly predicts?: ImagePredictions;
  /** In the order of the logits; for a regression the names of the targets. Missing: the model has no classes, and `config` is all of config.json. */
  readonly classes?: readonly string[];
  /** Additional fields of config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Missing for a model without image input. */
  readonly preprocessing?: ImagePreprocessing;
  /** Additional files by name: texts and bytes unchanged, other values as JSON. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Text of the model card, README.md. */
  readonly card: string;
  readonly engraft: EngraftManifest;
  /** Split of each sample. It is written next to the folder, never into it. */
  readonly samples?: SampleParts | undefined;
  /** Text of the base's LICENSE, if it has one. */
  readonly license?: string;
}

export interface ModelFolder {
  readonly dir: string;
  readonly onnx: Uint8Array;
  /** sha256 of the onnx file, hex. */
  readonly sha256: string;
  readonly classes: readonly string[];
  /** Set if the file has several heads. */
  readonly tasks?: readonly NamedHead[];
  readonly preprocessing: ImagePreprocessing;
  /** Missing for a folder that another program wrote. */
  readonly engraft: EngraftManifest | undefined;
}

/** Returns `config.json` of a network for pictures. */
export function modelConfig(classes: readonly string[], predicts: ImagePredictions): Record<string, unknown> {
  const { type, architecture } = imageModels[predicts];
  return {
    model_type: type,
    architectures: [architecture],
    num_labels: classes.length,
    id2label: Object.fromEntries(classes.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(classes.map((label, i) => [label, i])),
    "transformers.js_config": { dtype: "fp32" },
  };
}

/** Transformers' setting for a regression head. */
const regressionConfig = { problem_type: "regression" } as const;

/**
 * Writes a folder that Transformers.js and any onnxruntime can open. The whole folder appears at once; an older one of
 * that name is replaced only when the new one is complete.
 * @throws FileError if the disk is full or read-only; then nothing is left behind
 */
export async function writeModelFolder(
  platform: Platform,
  dir: string,
  content: ModelFolderContent,
): Promise<void> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const { predicts = "classes" } = content;
  const config = {
    ...(content.classes && modelConfig(content.classes, predicts)),
    ...(content.engraft.regression && regressionConfig),
    ...content.config,
  };
  const further: Record<string, unknown> = { ...content.files };
  if (content.preprocessing)
    further["preprocessor_config.json"] = writePreprocessing(content.preprocessing, predicts);
  const parts: [string, Uint8Array | string][] = [];
  if (content.onnx) parts.push(["onnx/model.onnx", content.onnx]);
  parts.push(["config.json", json(config)]);
  for (const [name, value] of Object.entries(further))
    parts.push([name, typeof value === "string" || value instanceof Uint8Array ? value : json(value)]);
  // Messages are for reports of the run: the folder may be published.
  const { name, reasons } = content.engraft.strategy;
  parts.push(
    ["README.md", content.card],
    ["engraft.json", json({ ...content.engraft, strategy: { name, reasons } })],
  );
  if (content.license !== undefined) parts.push(["LICENSE", content.license]);
  if (content.samples)
    await writeSampleParts(platform, dir, content.engraft.data.fingerprint, content.samples);
  await writeFolder(platform, dir, parts);
}

/** Returns `id2label` as a list. @throws ModelError if labels are missing or not texts */
export function readLabels(config: unknown, at: string): readonly string[] {
  const id2label = (config as { id2label?: unknown } | null)?.id2label;
  if (typeof id2label !== "object" || id2label === null)
    throw new EngraftError("ModelError", 'config.json has no "id2label": the names of the classes', { at });
  const map = new Map(Object.entries(id2label));
  return Array.from({ length: map.size }, (_, i) => {
    const label: unknown = map.get(String(i));
    if (typeof label !== "string")
      throw new EngraftError(
        "ModelError",
        `config.json: "id2label" has no name for class ${i} of ${map.size}`,
        { at, help: 'its keys must be "0", "1", … in the order of the logits' },
      );
    return label;
  });
}

/** @throws ModelError if it is not a manifest */
export function readManifest(json: unknown, at: string): EngraftManifest {
  const manifest = json as Partial<EngraftManifest> | null;
  if (manifest?.format !== 1 || typeof manifest.base?.name !== "string")
    throw new EngraftError("ModelError", "engraft.json is not a manifest of this version of Engraft", {
      at,
      help: "without it the folder still works, but eval cannot know the samples it was trained on",
      details: { format: manifest?.format },
    });
  return manifest as EngraftManifest;
}

/**
 * Returns the model folder: the path itself, or `model/` in a run folder.
 * @throws ModelError if there is none
 */
export async function findModelFolder({ files }: Platform, path: string): Promise<string> {
  const dir = files.resolve(path);
  for (const candidate of [dir, files.join(dir, "model")])
    for (const file of [files.join("onnx", "model.onnx"), "adapter_config.json"])
      if (await files.stat(files.join(candidate, file))) return candidate;
  const has = async (name: string): Promise<boolean> =>
    (await files.stat(files.join(dir, name))) !== undefined;
  const exists = (await files.stat(dir)) !== undefined;
  const unfinished = await has("run.json");
  const many = (await has("comparison.json")) || (await has("curve.json")) || (await has("diagnosis.json"));
  throw new EngraftError(
    "ModelError",
    unfinished
      ? `the run ${path} has no model yet`
      : exists
        ? `${path} is not a model folder: it has no onnx/model.onnx`
        : `there is no model folder ${path}`,
    {
      at: dir,
      help: unfinished
        ? "resume it: engraft train --resume FOLDER, or resume(folder)"
        : many
          ? "it holds several runs: give one of those in its folder runs/"
          : "give the folder that `engraft train` printed as its model, or a folder in Hugging Face layout",
    },
  );
}

/**
 * Returns the task of a model folder; image classification if the folder does not say.
 * @throws ModelError for a folder without a model, or with a task that this version does not know
 */
export async function taskOfModel(platform: Platform, path: string): Promise<ModelTask> {
  const dir = await findModelFolder(platform, path);
  if (await platform.files.stat(platform.files.join(dir, "bag_of_words.json"))) return classificationOf.text;
  const file = platform.files.join(dir, "engraft.json");
  if (!(await platform.files.stat(file))) return taskOfConfig(platform, dir);
  const { format, task = defaultTask } = ((await readJson(platform, file)) ?? {}) as {
    format?: unknown;
    task?: unknown;
  };
  requireKnownFormat("ModelError", format, "engraft.json", file);
  if (typeof task === "string" && isCustomTask(task)) return task;
  const known = tasks.find((name) => name === task);
  if (known === undefined) throw newerVersion("ModelError", `the task ${JSON.stringify(task)}`, file);
  return known;
}

/** Returns the task of a folder that another program wrote. */
async function taskOfConfig(platform: Platform, dir: string): Promise<ModelTask> {
  const { files } = platform;
  const file = files.join(dir, "config.json");
  if (!(await files.stat(file))) return defaultTask;
  const { architectures, problem_type: type } = ((await readJson(platform, file)) ?? {}) as {
    architectures?: unknown;
    problem_type?: unknown;
  };
  if (type === "multi_label_classification") return taskWith({ head: "labels" });
  if (/ForTokenClassification/.test(String(architectures))) return taskWith({ head: "tags" });
  const readsTexts = (await files.stat(files.join(dir, "tokenizer.json"))) !== undefined;
  return classificationOf[readsTexts ? "text" : "image"];
}

/** Returns the heads of a model with several; undefined for a model with one. Its reader is loaded on demand. */
export const readHeads = async (config: unknown, at: string): Promise<readonly NamedHead[] | undefined> =>
  (config as { engraft_tasks?: unknown } | null)?.engraft_tasks === undefined
    ? undefined
    : (await import("./tasks-config.js")).readTasks(config, at, readLabels);

/**
 * Reads a model folder, or that of a run folder.
 * @param adapted makes the ONNX file of a folder that holds an adapter only
 * @throws ModelError if a file is missing, damaged, or inconsistent with the others
 */
export async function readModelFolder(
  platform: Platform,
  path: string,
  adapted?: (dir: string) => Promise<Uint8Array>,
): Promise<ModelFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const file = (name: string) => files.join(dir, name);
  const read = async (name: string) => {
    if (!(await files.stat(file(name))))
      throw new EngraftError("ModelError", `the model folder has no ${name}`, { at: dir });
    return readJson(platform, file(name));
  };
  const config = await read("config.json");
  const classes = readLabels(config, file("config.json"));
  const tasks = await readHeads(config, file("config.json"));
  const preprocessing = readPreprocessing(await read("preprocessor_config.json"));
  const engraft = (await files.stat(file("engraft.json")))
    ? readManifest(await read("engraft.json"), file("engraft.json"))
    : undefined;
  const whole = !adapted || (await files.stat(file("onnx/model.onnx"))) !== undefined;
  const onnx = whole ? await files.read(file("onnx/model.onnx")) : await adapted(dir);
  return {
    dir,
    onnx,
    sha256: await platform.sha256(onnx),
    classes,
    tasks,
    preprocessing,
    engraft,
  };
}
