import { tasksConfig } from "../../bases/model-folder/tasks-config.js";
import { joinedHeads, namedHeads, splitHeads } from "../../bases/task-heads.js";
import { storedAs } from "../../bases/weight-storage.js";
import type { EngraftEvent, TaskResult, TasksResultEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { Rows } from "../../core/results/rows.js";
import { type BaseClassification, taskOfHeads } from "../../core/results/task.js";
import type { TaskData, TaskItem } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import { applyHead, scoresOf } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import { fitProbeInTurns, type Probe } from "../../methods/probe/index.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { exported, inputFilesOf } from "../../run/exported.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { trunkOfRun } from "../../run/made-network.js";
import { saveInStages } from "../../run/save-in-stages.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Trunk } from "../../run/setup.js";
import { fedBy } from "../../run/setup.js";
import { commonResult, planTask, predictAndCalibrate, trainModel } from "../../run/train-task.js";
import type { RunModel, Solved, TaskModel } from "../../run/trainable-task.js";
import { adapted } from "../../run/training/adapted.js";
import { predictWith } from "../../run/training/feeds.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import { heldOf } from "../../run/training/planned.js";
import { rowTable } from "../../train/objectives/row-table.js";
import { unitOfClasses } from "../inputs/open-class-data.js";
import { type Joining, uncertaintyValue } from "./joined-training.js";
import { compareSingleTask, planSingleTasks, type SingleTask } from "./single-task.js";
import { meanValidation, predictionsOf, taskValidations } from "./task-predictions.js";

type JoinedRunModel = RunModel<JoinedLogits, SolvedHeads, object>;

/**
 * Trains several tasks: solves a head for each task on shared features, then trains backbone and heads together. With baselines,
 * it also trains each task separately, by the same strategy from the same start.
 * @param given context whose dataset has the classes of all tasks, one after the other
 */
export async function trainTogether(
  given: Context,
  {
    data,
    task,
    joining,
    baselines,
  }: {
    readonly data: TaskData;
    readonly task: BaseClassification;
    readonly joining: Joining;
    readonly baselines: boolean;
  },
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TasksResultEvent> {
  const joined = await adapted(given);
  await requireItFits(joined);
  const singles = baselines ? await planSingleTasks(joined, data) : [];
  const model = jointModel(data, singles);
  const trained = await trainModel(await planTask(joined, model, begin), model, begin, events);
  const own = await predictAndCalibrate(trained, model);
  const { context } = own;
  const alone = await resultOf(await commonResult(trained, begin, "accuracy"), own, data, {
    ...joining,
    task,
  });
  const onnx = await fileOf(own, data);
  const result = await saveInStages<TasksResultEvent>(context, {
    alone,
    begin,
    keep: (result, unfinished = false) =>
      finishTasks(context, data, { result, events: [...events, result], onnx, unfinished }),
    ...(baselines && {
      compare: async () => ({ tasks: await withBaselines(alone.tasks, own, data, { singles, task }) }),
    }),
  });
  return result;
}

/** Returns the model that is trained: the backbone with the heads of all tasks. */
function jointModel(
  data: TaskData,
  singles: readonly SingleTask[],
): TaskModel<JoinedLogits, SolvedHeads, object> {
  const plans = singles.flatMap(({ plan }) => plan ?? []);
  return {
    extraTrainings: () => [{ name: "a model for each task", baselines: false, seeds: 1, plans }],
    openTrunk: trunkOfRun,
    solve: (context, trunk) => solveHeads(context, trunk, data),
    predict,
    calibrate: async (_, model, answers) => ({ model, answers, facts: {} }),
  };
}

async function predict(context: Context, model: Graph): Promise<JoinedLogits> {
  const { machine, opened, dataset, options } = context;
  const fed = fedBy(opened, model);
  const scored = (part: "validation" | "test") =>
    predictWith(machine.runtime, fed, heldOf(context, part), dataset.classes.length, options.signal);
  return { test: await scored("test"), held: await scored("validation") };
}

const itemsIn = ({ items }: TaskData, part: TaskItem["part"]): TaskItem[] =>
  items.filter((item) => item.part === part);

async function resultOf(
  common: CommonResult,
  { answers, fitted }: JoinedRunModel,
  data: TaskData,
  { task, weighting, weights, temperature }: Joining & { readonly task: BaseClassification },
): Promise<TasksResultEvent> {
  const learnt = fitted?.weights.get(uncertaintyValue)?.data as Float32Array | undefined;
  const test = itemsIn(data, "test");
  const validations = taskValidations(data, itemsIn(data, "validation"), answers.held);
  const heads = namedHeads(data.tasks);
  const tasks = data.tasks.map(({ name, classes }, t): TaskResult => {
    const count = (part: TaskItem["part"]): number =>
      itemsIn(data, part).filter(({ labels }) => labels[t]! >= 0).length;
    return {
      name,
      classes,
      output: heads[t]!.output,
      split: { train: count("train"), validation: count("validation"), test: count("test") },
      test: scoresOf(classes, predictionsOf(data, t, test, answers.test)),
      validation: validations[t]!,
      weight: learnt ? Math.exp(-learnt[t]!) : weights[t]!,
    };
  });
  return {
    ...common,
    task: `multi-task-${task}`,
    weighting,
    temperature,
    tasks,
    mean_accuracy: tasks.reduce((sum, one) => sum + one.test.accuracy, 0) / tasks.length,
  };
}

/** Returns the results of the tasks, each with the scores of a separate model. */
async function withBaselines(
  results: readonly TaskResult[],
  { answers, solved, fitted }: JoinedRunModel,
  data: TaskData,
  { singles, task }: { readonly singles: readonly SingleTask[]; readonly task: BaseClassification },
): Promise<TaskResult[]> {
  const test = itemsIn(data, "test");
  const compared: TaskResult[] = [];
  for (const [t, result] of results.entries()) {
    const predictions = {
      unit: unitOfClasses(task),
      probe: solved.probes[t]!,
      probed: predictionsOf(data, t, test, solved.answers.test),
      together: predictionsOf(data, t, test, answers.test),
      keptStart: fitted?.bestEpoch === 0,
    };
    compared.push({
      ...result,
      ...(await compareSingleTask(singles[t]!, t, predictions, solved.seconds.features)),
    });
  }
  return compared;
}

/** Returns the ONNX file with an output for each task. */
function fileOf({ context, model }: JoinedRunModel, { tasks }: TaskData): Promise<Uint8Array> {
  const { options, opened } = context;
  const heads = namedHeads(tasks);
  const split = splitHeads(model, heads);
  const stored = storedAs(split, options.weights ?? defaults.weights, opened.base.imported.storedAs);
  return exported(
    context,
    split,
    stored,
    heads.map(({ output }) => output),
  );
}

/** Result and model of a run on several tasks. */
interface FinishedTasks {
  readonly result: TasksResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
  /** True if the trainings of single tasks follow: the run is not done. */
  readonly unfinished: boolean;
}

/** Saves the model folder, the report and the record of a run on several tasks. */
async function finishTasks(
  context: Context,
  { items }: TaskData,
  { result, events, onnx, unfinished }: FinishedTasks,
): Promise<void> {
  const { dataset, opened } = context;
  const report = reportOf(context, dataset.root.replace(listName, ""), result, events);
  const [first] = result.tasks;
  const { base } = opened;
  const { config, ...inputs } = inputFilesOf(base);
  const { n, accuracy, accuracy_ci95 } = first!.test;
  const [{ reportCard }, { severalHeadsFacts }, { severalHeadsSheet }] = await Promise.all([
    import("../../report/sheet/report-card.js"),
    import("../../report/cards/model-facts.js"),
    import("../../report/studies/several-heads-sheet.js"),
  ]);
  await saveRun(context, {
    data: { ...dataset, items },
    result,
    unfinished,
    card: reportCard(severalHeadsSheet(result, report), severalHeadsFacts(result), report),
    render: async () =>
      (await import("../../report/studies/study-sheets.js")).studyPage(result, "en", report),
    content: {
      onnx,
      classes: first!.classes,
      ...inputs,
      config: { ...config, ...tasksConfig(result.tasks) },
    },
    engraft: {
      task: taskOfHeads(result.task)!,
      test: { n, accuracy, accuracy_ci95 },
      ...(base.text?.pairs && { pairs: true as const }),
    },
  });
}

/** Logits of all tasks, concatenated: float32[N, classes of all tasks]. */
interface JoinedLogits {
  readonly test: Float32Array;
  readonly held: Float32Array;
}

/** Heads of all tasks, solved on frozen features. */
interface SolvedHeads extends Solved<JoinedLogits> {
  readonly answers: JoinedLogits;
  readonly probes: readonly Probe[];
}

/** Fits a linear probe for each task on its labelled samples. */
async function solveHeads(context: Context, trunk: Trunk, data: TaskData): Promise<SolvedHeads> {
  const { run, options, opened, onEvent, machine } = context;
  const { tasks, items } = data;
  const { signal } = options;
  return withFeatures(context, trunk, items, async ({ ordered, rows, of, seconds }) => {
    const begin = performance.now();
    const probes: Probe[] = [];
    for (const [t, { classes }] of tasks.entries()) {
      const reportProgress = (done: number): void =>
        onEvent({ event: "progress", phase: "head", done, total: tasks.length, unit: "trials" });
      reportProgress(t);
      const tables: { close(): void }[] = [];
      const labelled = (name: string) => {
        const samples = (ordered as readonly TaskItem[])
          .map((item, i) => ({ item, i }))
          .filter(({ item }) => item.part === name && item.labels[t]! >= 0);
        const table = rowTable(samples.length, rows.width, () => machine.platform.files.scratch?.(run.path));
        tables.push(table);
        const row = new Float32Array(rows.width);
        for (const [k, { i }] of samples.entries()) {
          rows.read(i, row);
          table.write(k, row);
        }
        const labels = Int32Array.from(samples, ({ item }) => item.labels[t]!);
        return { features: table as Rows, labels };
      };
      const problem = {
        train: labelled("train"),
        validation: labelled("validation"),
        dims: opened.body.width,
        classes: classes.length,
      };
      probes.push(await fitProbeInTurns(problem, signal ? { signal } : {}));
      for (const table of tables) table.close();
      reportProgress(t + 1);
    }
    const head = joinedHeads(probes);
    const scored = (part: "validation" | "test") => applyHead(head, of(part).features);
    const answers = { test: scored("test"), held: scored("validation") };
    const validation = items.filter(({ part }) => part === "validation");
    return {
      head,
      probes,
      answers,
      validation: meanValidation(taskValidations(data, validation, answers.held)),
      recipe: [message("linear-model", { model: "logistic", inputs: "features" })],
      seconds: { features: seconds, solving: (performance.now() - begin) / 1000 },
    };
  });
}
