import { headValues } from "../../bases/heads.js";
import { groupName, message } from "../../core/messages/message.js";
import { permutation } from "../../core/random.js";
import { float32, zeros } from "../../core/tensor.js";
import { orderByTemperature, type TaskData, type TaskItem } from "../../data/index.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { Regime, TrainingHead } from "../../run/context.js";
import { predictAll } from "../../run/training/feeds.js";
import { multiTask, type Weighting } from "../../train/objectives/multi-task.js";
import { meanValidation, taskValidations } from "./task-predictions.js";

/** Name of the weight that holds log σ² of each task. */
export const uncertaintyValue = "engraft/task-uncertainties";
/** Learning rate of log σ² as a multiple of the head's: it must move by one or two in a few hundred steps. */
const uncertaintyFactor = 10;

/** Options that combine the tasks into one training. */
export interface Joining {
  readonly weighting: Weighting;
  /** Fixed weight λ of each task's loss. */
  readonly weights: readonly number[];
  readonly temperature: number;
}

/** Returns the concatenated heads of several tasks, with the loss over all tasks. */
export function joinedHead(data: TaskData, { weighting, weights }: Joining): TrainingHead {
  const { tasks, items } = data;
  const train = items.filter(({ part }) => part === "train");
  const validation = items.filter(({ part }) => part === "validation");
  const counts = tasks.flatMap(({ name, classes }, t) =>
    classes.map((label, k) => ({
      name: `${name}/${label}`,
      count: train.filter(({ labels }) => labels[t] === k).length,
    })),
  );
  return {
    outputs: counts.length,
    counts,
    objective: ({ loss, penalties }) => {
      let first = 0;
      const heads = tasks.map(({ name, classes }, t) => {
        const classWeights = loss?.classWeights?.slice(first, first + classes.length);
        first += classes.length;
        const own = { ...loss, ...(classWeights && { classWeights }) };
        return { name, classes: classes.length, weight: weights[t]!, loss: own };
      });
      return multiTask({
        tasks: heads,
        weighting,
        own: [headValues.weight, headValues.bias],
        uncertainties: weighting === "uncertainty" ? uncertaintyValue : undefined,
        penalties,
      });
    },
    metric: "accuracy",
    validate: async (evaluate, held, signal) => {
      const logits = await predictAll(evaluate, { ...held, signal }, counts.length);
      return meanValidation(taskValidations(data, validation, logits));
    },
  };
}

/** Returns the regime of several tasks: labels of a batch, order of the samples, and learned uncertainties. */
export function joinedRegime({ tasks, items }: TaskData, { weighting, temperature }: Joining): Regime {
  const train = items.filter(({ part }) => part === "train");
  const groups = groupsOf(train);
  const reason = message("heads-on-one-body", { heads: tasks.length });
  return {
    stage: "together",
    join: async (model, planner) => {
      if (weighting !== "uncertainty") return { model, planner, reason };
      const graph = model.clone();
      graph.initializer(uncertaintyValue, zeros("float32", [tasks.length]));
      return {
        model: graph,
        planner: (_, request) => withUncertainties(planner(model, request), tasks.length),
        reason,
      };
    },
    rowsOf: (seed) => async (batch) => rowsOf(train, tasks.length, batch, seed),
    ...(groups.length > 1 && {
      orderOf: (seed) => (epoch) => orderByTemperature(groups, temperature, seed, epoch),
    }),
  };
}

/** Returns the plan with the uncertainties of the tasks as trainable weights. */
function withUncertainties(plan: TrainingPlan, tasks: number): TrainingPlan {
  const head = plan.groups.find(({ name }) => name === "head") ?? plan.groups.at(-1)!;
  const uncertainties = {
    ...groupName(message("group-task-uncertainty")),
    rate: uncertaintyFactor * head.rate,
    parameters: tasks,
    values: 1,
  };
  const group = plan.groups.length;
  return {
    ...plan,
    trainable: [...plan.trainable, { value: uncertaintyValue, group, decay: false }],
    groups: [...plan.groups, uncertainties],
  };
}

/** Returns the positions of the items, grouped by the set of tasks that have a label. */
function groupsOf(items: readonly TaskItem[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [i, { labels }] of items.entries()) {
    const key = labels.map((label) => (label < 0 ? "-" : "x")).join("");
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, its]) => its);
}

/** Returns the labels of a batch for each task, which of them are known, and the order of a step's projections. */
function rowsOf(
  items: readonly TaskItem[],
  tasks: number,
  { indices, epoch }: { readonly indices: readonly number[]; readonly epoch: number },
  seed: number,
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
