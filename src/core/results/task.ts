import { inEnglish, type Message } from "../../core/messages/message.js";
import { EngraftError } from "../errors.js";
import type { BaseModality, Modality, SampleWords, sentence } from "../modalities.js";
import type { BaselineOf } from "./baseline.js";
import type { GroupFacts } from "./group-facts.js";
import type { ScoreName } from "./metric.js";
import type { SampleSums } from "./scored.js";

/** A two-sided 95 % interval, [low, high]. */
export type Interval = readonly [number, number];

/** Facts about a task for code outside its own folder. */
export interface TaskFacts {
  /** Modality of the inputs; "either" if the data decides between images, texts and sounds. */
  readonly input: Modality | "either";
  /** Kind of predictions. */
  readonly head: "classes" | "labels" | "numbers" | "tags" | "boxes" | "masks" | "transcript" | "sequence";
  /** Name of a sample; "item" if the data decides. */
  readonly sample: SampleWords["one"] | (typeof sentence)["one"] | "item";
  /** Metric of the test score. */
  readonly metric: ScoreName;
}

/** Facts of each task, by the name that the Hugging Face hub has for it. */
export const taskFacts = {
  "audio-classification": { input: "audio", head: "classes", sample: "clip", metric: "accuracy" },
  "audio-regression": { input: "audio", head: "numbers", sample: "clip", metric: "r2" },
  "automatic-speech-recognition": {
    input: "audio",
    head: "transcript",
    sample: "clip",
    metric: "word_accuracy",
  },
  "image-classification": { input: "image", head: "classes", sample: "picture", metric: "accuracy" },
  "image-regression": { input: "image", head: "numbers", sample: "picture", metric: "r2" },
  "image-segmentation": { input: "image", head: "masks", sample: "picture", metric: "miou" },
  "multi-label-classification": { input: "either", head: "labels", sample: "item", metric: "f1" },
  "multimodal-classification": { input: "several", head: "classes", sample: "row", metric: "accuracy" },
  "multimodal-regression": { input: "several", head: "numbers", sample: "row", metric: "r2" },
  "object-detection": { input: "image", head: "boxes", sample: "picture", metric: "map" },
  "tabular-classification": { input: "table", head: "classes", sample: "row", metric: "accuracy" },
  "tabular-regression": { input: "table", head: "numbers", sample: "row", metric: "r2" },
  "text-classification": { input: "text", head: "classes", sample: "text", metric: "accuracy" },
  "text-generation": { input: "text", head: "sequence", sample: "text", metric: "token_accuracy" },
  "text-regression": { input: "text", head: "numbers", sample: "text", metric: "r2" },
  "token-classification": { input: "text", head: "tags", sample: "sentence", metric: "f1" },
} as const satisfies Readonly<Record<string, TaskFacts>>;

/** Task of a run. */
export type Task = keyof typeof taskFacts;

/** Kind of predictions of a task. */
export type Head = (typeof taskFacts)[Task]["head"];

/** Every task of the product. */
export const tasks = Object.keys(taskFacts) as readonly Task[];

/** Returns the facts of a task. */
export const factsOf = <T extends Task>(task: T): (typeof taskFacts)[T] => taskFacts[task];

/** Tasks that have all these facts. */
export type TaskWith<F extends Partial<TaskFacts>> = {
  [T in Task]: (typeof taskFacts)[T] extends F ? T : never;
}[Task];

/** Returns true if a task of `train` has all these facts. */
export function isTaskWith<const F extends Partial<TaskFacts>>(task: string, facts: F): task is TaskWith<F> {
  const rows: Readonly<Record<string, TaskFacts | undefined>> = taskFacts;
  const row = rows[task];
  return row !== undefined && (Object.keys(facts) as (keyof TaskFacts)[]).every((k) => row[k] === facts[k]);
}

/** Returns the task that has all these facts. @throws InternalError if there is none */
export function taskWith<const F extends Partial<TaskFacts>>(facts: F): TaskWith<F> {
  const found = tasks.find((task): task is Task & TaskWith<F> => isTaskWith(task, facts));
  if (found !== undefined) return found;
  throw new EngraftError("InternalError", `no task has the facts ${JSON.stringify(facts)}`);
}

/** Returns true if the task of a result, a model or data has all these facts. */
export function hasTask<E extends { readonly task: string }, const F extends Partial<TaskFacts>>(
  one: E,
  facts: F,
): one is Extract<E, { readonly task: TaskWith<F> }> {
  return isTaskWith(one.task, facts);
}

/** Tasks with a kind of predictions, by input. */
type TasksOf<I extends Modality, H extends Head> = {
  readonly [Input in I]: TaskWith<{ readonly input: Input; readonly head: H }>;
};

/** Classification tasks with a base model, by input. */
export const classificationOf = {
  image: "image-classification",
  text: "text-classification",
  audio: "audio-classification",
} as const satisfies TasksOf<BaseModality, "classes">;
export type BaseClassification = (typeof classificationOf)[BaseModality];

/** Task of a model with several heads, each of the same classification task. */
export type SeveralTasks = `multi-task-${BaseClassification}`;

/** The task of a model with several heads, by input. */
export const severalOf = {
  image: "multi-task-image-classification",
  text: "multi-task-text-classification",
  audio: "multi-task-audio-classification",
} as const satisfies Readonly<Record<keyof typeof classificationOf, SeveralTasks>>;

/** Returns the task of each head of a model with several; undefined for a model with one. */
export const taskOfHeads = (task: string): BaseClassification | undefined =>
  Object.values(classificationOf).find((one) => `multi-task-${one}` === task);

/** Regression tasks, by input. */
export const regressionOf = {
  image: "image-regression",
  audio: "audio-regression",
  table: "tabular-regression",
  text: "text-regression",
} as const satisfies TasksOf<Exclude<Modality, "several">, "numbers">;

/** Returns true for a classification task with a base model. */
export const isBaseClassification = (task: string): task is BaseClassification =>
  Object.values<string>(classificationOf).includes(task);

/** Task of a record that names none. */
export const defaultTask = classificationOf.image;

/** Short names of tasks. */
export const taskAliases = {
  entities: "token-classification",
  "multi-label": "multi-label-classification",
} as const satisfies Readonly<Record<string, Task>>;

/** A task, or its short name. */
export type TaskName = Task | keyof typeof taskAliases;

/** Task of a name. */
export type TaskOfName<N extends TaskName> = N extends keyof typeof taskAliases
  ? (typeof taskAliases)[N]
  : N extends Task
    ? N
    : never;

/** Returns the task of a name. */
export function fullTaskName(name: TaskName): Task;
export function fullTaskName(name: TaskName | CustomTask): ModelTask;
export function fullTaskName(name: TaskName | CustomTask): ModelTask {
  return isAlias(name) ? taskAliases[name] : name;
}

const isAlias = (name: TaskName | CustomTask): name is keyof typeof taskAliases =>
  Object.hasOwn(taskAliases, name);

/** Name of a task that is defined outside of the product: see `src/tasks/custom`. */
export type CustomTask = `custom-${string}`;

/** Returns true for the name of a task that is defined outside of the product. */
export const isCustomTask = (task: string): task is CustomTask => task.startsWith("custom-");

/** Task of a run or a model folder. */
export type ModelTask = Task | CustomTask;

/** Scores of one predicted number on one set of items. */
export interface OutputScores {
  readonly name: string;
  /** 1 − Σ (y − ŷ)² / Σ (y − ȳ)²: 1 is perfect, 0 as good as the mean of these items. */
  readonly r2: number;
  /** null if nothing varies, and with fewer than 10 groups. */
  readonly r2_ci95: Interval | null;
  /** Mean of |y − ŷ|, in the unit of the column. */
  readonly mae: number;
  readonly mae_ci95: Interval | null;
  /** Root of the mean of (y − ŷ)², in the unit of the column. */
  readonly rmse: number;
  readonly rmse_ci95: Interval | null;
  /** For texts: Spearman's rank correlation of true and predicted values, −1 … 1; null if either is constant. */
  readonly spearman?: number | null;
  readonly spearman_ci95?: Interval | null;
  /** Split-conformal prediction intervals. Missing: for means over several views. */
  readonly prediction_interval?: {
    /** Requested coverage, such as 0.9. */
    readonly coverage: number;
    /** Widths by predicted value, the lowest first; empty if the validation split is too small. */
    readonly bands: readonly PredictionBand[];
    /** Share of the test items whose true value is inside, with Wilson's interval; null without intervals. */
    readonly test_coverage: number | null;
    readonly test_coverage_ci95: Interval | null;
    /** The same for each fifth of the predicted values, the lowest first; empty for fewer than 50 test items. */
    readonly fifths: readonly {
      /** Lowest and highest prediction. */
      readonly from: number;
      readonly to: number;
      readonly n: number;
      readonly test_coverage: number;
      readonly test_coverage_ci95: Interval;
    }[];
  };
}

/** Width of the prediction intervals of a band of predicted values. */
export interface PredictionBand {
  /** Highest prediction of the band. Missing: of the last one. */
  readonly up_to?: number;
  /** The interval is the prediction ± this, in the unit of the column. */
  readonly half_width: number;
}

/** Scores of a model that predicts one or more numbers. Intervals are over the items, or over their groups. */
export interface RegressionScores extends GroupFacts {
  readonly n: number;
  readonly metric: {
    readonly name: "r2";
    readonly value: number;
    readonly ci95: Interval | null;
    readonly higher_is_better: true;
  };
  /** Mean over the outputs. */
  readonly r2: number;
  /** null if nothing varies, and with fewer than 10 groups. */
  readonly r2_ci95: Interval | null;
  /** Mean squared error of outputs divided by their standard deviation in the training split. */
  readonly loss: number;
  readonly outputs: readonly OutputScores[];
  /** Items furthest from the truth, in standard deviations of the training split, worst first. */
  readonly worst: readonly {
    readonly item: string;
    readonly output: string;
    readonly true: number;
    readonly predicted: number;
  }[];
  /** How each test sample was answered, in the order of the data. */
  readonly scores?: SampleSums;
  /** True and predicted values of some items (at most 2,000), for the chart: [true, predicted] by output. */
  readonly points: readonly (readonly (readonly [number, number])[])[];
}

/** A baseline for the same numbers, on the same data and test split. */
export type RegressionBaseline = BaselineOf<RegressionScores>;

/** How a model's output becomes a number: value = output · deviation + mean, fitted on train. */
export interface TargetFacts {
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
}

/** Something by its name, with the reason why it is left out. */
export interface NamedReason {
  readonly name: string;
  readonly why: string;
  /** The reason for reports in other languages. */
  readonly message?: Message;
}

/** Returns a part that comes from another model, with how it was changed. */
export const movedPart = (name: string, message: Message): InitReport["adapted"][number] => ({
  name,
  how: inEnglish([message]),
  message,
});

/** Returns something left out with its reason. */
export const leftOut = (name: string, message: Message): NamedReason => ({
  name,
  why: inEnglish([message]),
  message,
});

/** Weights taken over from another model, and skipped ones. */
export interface InitReport {
  /** The model: its folder or file. */
  readonly from: string;
  /** Weights copied unchanged, and their number of parameters. */
  readonly matched: number;
  readonly parameters: number;
  /** Weights copied partly or adapted. */
  readonly adapted: readonly { readonly name: string; readonly how: string; readonly message?: Message }[];
  /** Skipped weights of either model, with the reason. */
  readonly skipped: readonly NamedReason[];
  /** Origin of the initial head, in words. */
  readonly head?: string;
  /** The same for reports in other languages. */
  readonly head_message?: Message;
}

/** Facts about a table. */
export interface TableFacts {
  readonly target: readonly string[];
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
  /** Columns of pictures and of texts, each an input of its own. Missing: all columns are numbers and categories. */
  readonly pictures?: readonly string[];
  readonly texts?: readonly string[];
  /** Unused columns, with the reason. */
  readonly unused: readonly NamedReason[];
}
