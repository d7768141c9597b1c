import { headValues } from "../../bases/heads.js";
import type { OnEvent } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { float32, zeros } from "../../core/tensor.js";
import { orderByTemperature, type TaskData, type TaskItem } from "../../data/index.js";
import { type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import type { TrainingPlan } from "../../methods/plan.js";
import {
  type HeldSource,
  type PictureSource,
  pictureFeeds,
  predictAll,
  stepsOf,
} from "../../run/training/feeds.js";
import type { Runtime } from "../../runtime/runtime.js";
import {
  type CheckpointStore,
  type Evaluator,
  type Fit,
  prepareFit,
  type Validation,
} from "../../train/fit.js";
import { multiTask, type Weighting } from "../../train/objectives/multi-task.js";
import type { Recompute } from "../../train/step/step-room.js";

/** log σ² of each task, beside the weights. */
export const uncertaintyValue = "engraft/task-uncertainties";
/** They have a few hundred steps to move by one or two: ten times the head's rate. */
const uncertaintyFactor = 10;

/** How several tasks come together. */
export interface Joining {
  readonly weighting: Weighting;
  /** λ of each task. */
  readonly weights: readonly number[];
  readonly temperature: number;
}

/** A plan for several tasks: the strategy's, with the uncertainties among what trains where they are learnt. */
export function planForTasks(model: Graph, plan: TrainingPlan, tasks: number, { weighting }: Joining) {
  if (weighting !== "uncertainty") return { model, plan };
  const graph = model.clone();
  graph.initializer(uncertaintyValue, zeros("float32", [tasks]));
  const head = plan.groups.find(({ name }) => name === "head") ?? plan.groups.at(-1)!;
  const group = plan.groups.length;
  return {
    model: graph,
    plan: {
      ...plan,
      trainable: [...plan.trainable, { value: uncertaintyValue, group, decay: false }],
      groups: [
        ...plan.groups,
        {
          name: "uncertainty of each task",
          rate: uncertaintyFactor * head.rate,
          parameters: tasks,
          values: 1,
        },
      ],
    } satisfies TrainingPlan,
  };
}

export interface TaskStage {
  readonly runtime: Runtime;
  /** pixels -> the scores of all tasks side by side */
  readonly model: Graph;
  readonly plan: TrainingPlan;
  readonly data: TaskData;
  readonly joining: Joining;
  readonly train: Omit<PictureSource, "items" | "rows" | "order">;
  readonly held: Omit<HeldSource, "items">;
  readonly stage: string;
  /** Bytes that it may take. */
  readonly memoryBytes: number;
  readonly recompute: Recompute;
  readonly store?: CheckpointStore;
  readonly checkpointSeconds?: number;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal;
}

/** The plan of several tasks, ready to run. @throws OperatorError when a gradient cannot pass. */
export function prepareTasks(options: TaskStage): Promise<Fit> {
  const { plan, data, joining, model, signal } = options;
  const { tasks } = data;
  const items = data.items.filter(({ part }) => part === "train");
  const validation = data.items.filter(({ part }) => part === "validation");
  const whole = plan.batchNorm === "train";
  const groups = groupsOf(items);
  const { seed } = options.train;
  const source: PictureSource = {
    ...options.train,
    items,
    rows: async ({ indices, epoch }) => rowsOf(items, tasks.length, indices, seed, epoch),
    ...(groups.length > 1 && {
      order: (epoch: number) => orderByTemperature(groups, joining.temperature, seed, epoch),
    }),
  };
  const { loss, penalties } = plan;
  let first = 0;
  const heads = tasks.map(({ name, classes }, t) => {
    const classWeights = loss?.classWeights?.slice(first, first + classes.length);
    first += classes.length;
    const own = { ...loss, ...(classWeights && { classWeights }) };
    return { name, classes: classes.length, weight: joining.weights[t]!, loss: own };
  });
  return prepareFit({
    runtime: options.runtime,
    model,
    ...fitOfPlan(plan),
    objective: multiTask({
      tasks: heads,
      weighting: joining.weighting,
      own: [headValues.weight, headValues.bias],
      ...(joining.weighting === "uncertainty" && { uncertainties: uncertaintyValue }),
      ...(penalties && { penalties }),
    }),
    stepsPerEpoch: stepsOf(items.length, plan.batch, whole),
    feeds: (epoch, from) => pictureFeeds(source, epoch, from, whole),
    validate: (evaluate) =>
      validateTasks(
        evaluate,
        { ...options.held, items: validation, ...(signal && { signal }) },
        data,
        validation,
      ),
    stage: options.stage,
    memoryBytes: options.memoryBytes,
    recompute: options.recompute,
    keepsWhatWasGood: true,
    ...(options.store && { store: options.store }),
    ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
    onEvent: options.onEvent,
    ...(signal && { signal }),
  });
}

/** Positions of the items by the set of tasks that they are labelled for. */
function groupsOf(items: readonly TaskItem[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [i, { labels }] of items.entries()) {
    const key = labels.map((label) => (label < 0 ? "-" : "x")).join("");
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, its]) => its);
}

/** The labels of a batch for each task; which are known; and the order of a step's projections. */
function rowsOf(
  items: readonly TaskItem[],
  tasks: number,
  indices: readonly number[],
  seed: number,
  epoch: number,
) {
  const targets = new Float32Array(indices.length * tasks);
  const known = new Float32Array(indices.length * tasks);
  for (const [i, index] of indices.entries())
    for (const [t, label] of items[index]!.labels.entries()) {
      targets[i * tasks + t] = Math.max(0, label);
      known[i * tasks + t] = label < 0 ? 0 : 1;
    }
  const others = Array.from({ length: tasks }, (_, t) => {
    const rest = Array.from({ length: tasks }, (_, k) => k).filter((k) => k !== t);
    return permutation(rest.length, seed, "order of projections", epoch, indices[0]!, t).map((i) => rest[i]!);
  });
  return {
    targets: float32([indices.length, tasks], targets),
    known: float32([indices.length, tasks], known),
    order: float32([tasks, tasks - 1], Float32Array.from(others.flat())),
  };
}

/** The answers of one task, taken out of the scores of all. */
export function answersOf(
  data: TaskData,
  t: number,
  items: readonly TaskItem[],
  logits: Float32Array,
): Predictions {
  const first = data.tasks.slice(0, t).reduce((n, { classes }) => n + classes.length, 0);
  const all = data.tasks.reduce((n, { classes }) => n + classes.length, 0);
  const count = data.tasks[t]!.classes.length;
  const known = items.map((_, i) => i).filter((i) => items[i]!.labels[t]! >= 0);
  const own = new Float32Array(known.length * count);
  for (const [k, i] of known.entries())
    own.set(logits.subarray(i * all + first, i * all + first + count), k * count);
  return {
    logits: own,
    labels: Int32Array.from(known, (i) => items[i]!.labels[t]!),
    items: known.map((i) => items[i]!.id),
  };
}

/** Loss and accuracy of each task on its labelled items; NaN for a task without any. */
export function taskValidations(data: TaskData, items: readonly TaskItem[], logits: Float32Array) {
  return data.tasks.map(({ classes }, t) => {
    const answers = answersOf(data, t, items, logits);
    const n = answers.labels.length;
    if (n === 0) return { n, loss: Number.NaN, accuracy: Number.NaN };
    const { loss, accuracy } = scoresOf(classes, answers);
    return { n, loss, accuracy };
  });
}

/** The mean over the tasks that have validation items. */
async function validateTasks(
  evaluate: Evaluator,
  source: HeldSource & Pick<PictureSource, "signal">,
  data: TaskData,
  items: readonly TaskItem[],
): Promise<Validation> {
  const all = data.tasks.reduce((n, { classes }) => n + classes.length, 0);
  const { logits } = await predictAll(evaluate, source, all);
  const known = taskValidations(data, items, logits).filter(({ n }) => n > 0);
  const mean = (of: (one: (typeof known)[number]) => number): number =>
    known.reduce((sum, one) => sum + of(one), 0) / Math.max(1, known.length);
  return { score: mean((v) => v.accuracy), loss: mean((v) => v.loss) };
}
