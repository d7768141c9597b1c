import type { BaseModality } from "../core/modalities.js";
import { type CustomTask, factsOf, type Head, type Task, type TaskWith } from "../core/results/task.js";
import type { Capability } from "../methods/capabilities.js";

const ofEveryTask = ["dataset", "explanations", "scratch", "task"] as const;
/** Capabilities of tasks that the common pipeline trains from a base model. */
const withBase = [
  ...ofEveryTask,
  ...(["base", "pretrained", "choice of strategy", "initial weights", "adapters"] as const),
  ...(["budget", "repeats", "verdict", "safe", "solved head"] as const),
] as const;
/** Images with several views of each. */
const ofImages = ["images", "views"] as const;
const withClasses = ["classes", "class names", "softmax", "calibration", "coverage", "feature row"] as const;
/** Capabilities of tasks with a base model and one class per sample. */
const classesWithBase = [
  ...withBase,
  ...withClasses,
  ...([
    "lists",
    "augmentation",
    "class batches",
    "image or text classes",
    "base classifier",
    "reused head",
    "feature sums",
    "hidden layer",
    "folds",
  ] as const),
] as const;
const ofTables = [
  ...ofEveryTask,
  "folds",
  ...(["tables", "column models", "lists", "target", "choice of strategy"] as const),
  ...(["initial weights", "feature row"] as const),
  ...(["budget", "repeats", "verdict", "safe", "solved head"] as const),
] as const;

/** Inputs of several kinds: a picture, a text and columns in a row. */
const withSeveralInputs = [
  ...ofEveryTask,
  ...(["several inputs", "tables", "lists", "target", "repeats", "verdict"] as const),
  ...(["base", "pretrained", "solved head", "feature sums", "coverage", "choice of strategy"] as const),
  "feature row",
] as const;

/** Capabilities of inputs with a base. */
const ofInput = {
  image: ofImages,
  text: ["texts", "text columns"],
  audio: ["sounds"],
} as const satisfies Readonly<Record<BaseModality, readonly Capability[]>>;

/** Capabilities of targets on the features of a base. */
const ofTarget = {
  numbers: [
    ...withBase,
    "numbers",
    "lists",
    "target",
    "feature row",
    "augmentation",
    "coverage",
    "feature sums",
    ...(["hidden layer", "folds"] as const),
  ],
  labels: [
    ...withBase,
    "labels",
    "class names",
    "lists",
    "feature row",
    "augmentation",
    "reused head",
    ...(["hidden layer", "folds"] as const),
  ],
} as const satisfies Readonly<Partial<Record<Head, readonly Capability[]>>>;

/** Modalities of a task by its facts. */
const inputsOf = {
  image: ["image"],
  text: ["text"],
  audio: ["audio"],
  either: ["image", "text", "audio"],
} as const;

/** Tasks whose capabilities follow from input and target. */
type ComposedTask =
  | TaskWith<{ readonly input: BaseModality; readonly head: "numbers" }>
  | TaskWith<{ readonly head: "labels" }>;

/** Capabilities of single tasks. */
const also: Readonly<Partial<Record<ComposedTask, readonly Capability[]>>> = {
  "image-regression": ["adapter files"],
  "multi-label-classification": ["token n-grams"],
};

/** Returns the capabilities that follow from input and target. */
function capabilitiesOfComposed(task: ComposedTask): readonly Capability[] {
  const { input, head } = factsOf(task);
  return [
    ...ofTarget[head],
    ...inputsOf[input].flatMap((kind): readonly Capability[] => ofInput[kind]),
    ...(also[task] ?? []),
  ];
}

/** Capabilities of the other tasks. One without a row does not compile. */
const taskCapabilities: Readonly<Record<Exclude<Task, ComposedTask>, readonly Capability[]>> = {
  "audio-classification": [
    ...withBase,
    ...withClasses,
    ...(["sounds", "lists", "target", "augmentation", "class batches", "feature sums"] as const),
    ...(["hidden layer", "folds"] as const),
  ],
  "automatic-speech-recognition": [
    ...ofEveryTask,
    ...(["base", "pretrained", "initial weights", "adapters"] as const),
    ...(["budget", "repeats", "verdict", "safe", "sounds", "lists", "target"] as const),
    ...(["augmentation", "transcripts"] as const),
  ],
  "image-classification": [...classesWithBase, ...ofImages, "target", "adapter files"],
  "image-segmentation": [...withBase, "images", "levels", "augmentation"],
  "multimodal-classification": [...withSeveralInputs, ...withClasses],
  "multimodal-regression": [...withSeveralInputs, "numbers"],
  "object-detection": [...withBase, "images", "levels", "boxes", "augmentation"],
  "tabular-classification": [...ofTables, ...withClasses],
  "tabular-regression": [...ofTables, "numbers", "coverage"],
  "text-classification": [...classesWithBase, "texts", "text columns", "target", "token n-grams"],
  "text-generation": [
    ...ofEveryTask,
    ...(["base", "pretrained", "choice of strategy", "adapters", "budget", "repeats"] as const),
    ...(["verdict", "texts", "text columns", "lists", "chats"] as const),
  ],
  "token-classification": [...withBase, "texts", "softmax", "class names", "reused head"],
};

const isComposedTask = (task: Task): task is ComposedTask => !(task in taskCapabilities);

/** Task that is defined outside of the product, with its capabilities. */
export interface TaskWithCapabilities {
  readonly name: CustomTask;
  readonly capabilities: readonly Capability[];
}

/** Returns the name of a task. */
export const nameOf = (task: Task | TaskWithCapabilities): string =>
  typeof task === "string" ? task : task.name;

/** Sounds have no head whose rows are reused. */
const fromAnother = ["initial weights", "reused head"] as const;

/** Capabilities that not all modalities have. */
const ofInputs: Readonly<Record<BaseModality, readonly Capability[]>> = {
  image: [...ofImages, ...fromAnother],
  text: ["texts", "text columns", "token n-grams", ...fromAnother],
  audio: ["sounds", "initial weights"],
};

/**
 * Returns the capabilities of a task.
 * @param input modality of a task that has several, once it is known
 */
export function capabilitiesOf(
  task: Task | TaskWithCapabilities,
  input?: BaseModality,
): readonly Capability[] {
  const all =
    typeof task !== "string"
      ? task.capabilities
      : isComposedTask(task)
        ? capabilitiesOfComposed(task)
        : taskCapabilities[task];
  if (input === undefined) return all;
  const others = new Set(Object.values(ofInputs).flat());
  return all.filter((one) => ofInputs[input].includes(one) || !others.has(one));
}
