import { withHead, withWeights } from "../../bases/heads.js";
import { withPixels } from "../../bases/pixels.js";
import { exportTasks, joinedHeads, namedHeads, splitHeads } from "../../bases/task-heads.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { EngraftEvent, TaskResult, TasksResultEvent } from "../../core/events/events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { Rows } from "../../core/results/rows.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { TaskData, TaskItem } from "../../data/index.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { countTestEvaluations } from "../../inference/test-set-usage.js";
import type { PlanRequest } from "../../methods/plan.js";
import { fitProbeInTurns, type Probe } from "../../methods/probe/index.js";
import { plannerOf } from "../../methods/registry.js";
import { augmentOptionsOf, pictureAugmentation } from "../../options/augment-options.js";
import { defaults, memoryOf, recomputeOf } from "../../options/options.js";
import { requestedOptions } from "../../options/requested-options.js";
import type { Context } from "../../run/context.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { forecastFacts } from "../../run/forecast/forecast.js";
import { measure } from "../../run/forecast/measure.js";
import { openTrunk, splitCounts } from "../../run/setup.js";
import { adapted } from "../../run/training/adapted.js";
import { predictWith } from "../../run/training/feeds.js";
import { keptEpoch } from "../../run/training/kept-epoch.js";
import { requireMemory } from "../../run/training/memory.js";
import { toldDivergence } from "../../run/training/rate-of.js";
import { explainRefusal } from "../../run/training/refusal.js";
import { prepareStage } from "../../run/training/stage.js";
import { inParts, type PartFeatures } from "../../train/features.js";
import type { FitResult } from "../../train/fit.js";
import { rowTable } from "../../train/objectives/row-table.js";
import { correctOf, type Predictions, scoresOf } from "../classes/scores.js";
import { finishTasks } from "./finish-tasks.js";
import {
  answersOf,
  type Joining,
  planForTasks,
  prepareTasks,
  taskValidations,
  uncertaintyValue,
} from "./task-stage.js";

/**
 * A run on several tasks: the features of all pictures once, a probe for each task as its first head, one training of body
 * and heads together; with baselines a training for each task alone, by the same strategy from the same start.
 * @param context its data set names the classes of all tasks, one after the other
 */
export async function tasksAndScore(
  given: Context,
  data: TaskData,
  joining: Joining,
  baselines: boolean,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TasksResultEvent> {
  const context = await adapted(given);
  const { run, options, platform, runtime, dataset, opened, decoded, onEvent } = context;
  const { body, base } = opened;
  const { tasks, items } = data;
  const { signal, seed = defaults.seed, strategy: asked = defaults.strategy } = options;
  const all = dataset.classes.length;
  const part = (name: string): TaskItem[] => items.filter((item) => item.part === name);
  const [train, validation, test] = [part("train"), part("validation"), part("test")];
  const memoryBytes = memoryOf(options, platform.memoryBytes());
  requireMemory(
    { items: items.length, examples: train.length, width: body.width, classes: all },
    memoryBytes,
  );
  const empty = (classes: number) => ({
    weight: new Float32Array(classes * body.width),
    bias: new Float32Array(classes),
  });
  const blankOf = (classes: number): Graph =>
    withPixels(withHead(body, classes, empty(classes)), base.preprocessing);
  const countOf = (t: number, label: number): number =>
    train.filter(({ labels }) => labels[t] === label).length;
  const requestOf = (examples: number, classes: PlanRequest["classes"]): PlanRequest => ({
    examples,
    seed,
    ...requestedOptions(options),
    ...(classes && { classes }),
  });
  const classesOf = (t: number, prefix = "") =>
    tasks[t]!.classes.map((name, label) => ({ name: `${prefix}${name}`, count: countOf(t, label) }));
  const request = requestOf(
    train.length,
    tasks.flatMap(({ name }, t) => classesOf(t, `${name}/`)),
  );
  const fed = (batch: number) => ({
    preprocessing: base.preprocessing,
    augmentation: pictureAugmentation(options),
    augmentOptions: augmentOptionsOf(options.option),
    batch,
    seed,
    decoded,
    platform,
    ...(signal && { signal }),
  });
  const held = { preprocessing: base.preprocessing, decoded, platform };
  const heads = namedHeads(tasks);
  const headSize = all * (body.width + 1);

  const planningBegin = performance.now();
  const planned = asked === "probe" ? undefined : await planOf();
  const preparing = (performance.now() - planningBegin) / 1000;
  async function planOf() {
    const blank = blankOf(all);
    const { model, plan } = planForTasks(
      blank,
      (await plannerOf(asked))(blank, request),
      tasks.length,
      joining,
    );
    const store = run.store("tasks");
    const fit = await prepareTasks({
      runtime,
      model,
      plan,
      data,
      joining,
      train: fed(plan.batch),
      held,
      stage: "together",
      memoryBytes,
      recompute: recomputeOf(options),
      ...(store && { store }),
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      onEvent,
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw explainRefusal(error, body.graph);
    });
    return { plan, fit };
  }
  const reasons = [
    `${asked === defaults.strategy ? "the default, or asked for" : "asked for"}; ${tasks.length} heads on one body`,
  ];
  const parameters = planned ? planned.plan.groups.reduce((n, g) => n + g.parameters, 0) : headSize;
  const total = totalSize(blankOf(all));
  onEvent({
    event: "trainable",
    strategy: asked,
    reasons,
    parameters,
    total,
    groups: planned?.plan.groups ?? [
      { name: "heads (solved, no rate)", parameters: headSize, values: 2 * tasks.length, rate: 0 },
    ],
  });
  // What each task alone takes: its own pictures, by the same recipe.
  const alone = await Promise.all(
    tasks.map(async ({ classes }, t) => {
      const its = items
        .filter(({ labels }) => labels[t]! >= 0)
        .map((item) => ({ ...item, label: item.labels[t]! }));
      const own = its.filter((item) => item.part === "train");
      const model = blankOf(classes.length);
      const plan =
        asked === "probe" ? undefined : (await plannerOf(asked))(model, requestOf(own.length, classesOf(t)));
      return { its, own, model, plan };
    }),
  );
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent });
  const measured = await measure(context, {
    begin,
    preparing,
    trunk,
    fit: planned?.fit,
    plan: planned?.plan,
    train,
    validation: validation.length,
    test: test.length,
    extra: [
      extraTrainingsOf(baselines ? alone.flatMap(({ plan }) => plan ?? []) : [], "a model for each task"),
    ],
    scoredBefore: 0,
  });
  const expected = measured.event;
  onEvent(expected);

  const { probes, featureSeconds } = await solveHeads(context, trunk, data);
  const trainingBegin = performance.now();
  const probed = withHead(body, all, joinedHeads(probes));
  const startOf = (model: Graph): Map<string, Tensor> =>
    new Map([...model.initializers].filter(([v]) => !body.graph.initializers.has(v)));
  let fitted: FitResult | undefined;
  let diverged: TasksResultEvent["diverged"];
  if (planned) {
    fitted = await planned.fit.run(startOf(probed));
    diverged = await toldDivergence(context, "together", planned.fit, fitted, startOf(probed));
    await planned.fit.dispose();
  }
  const joined = fitted ? withWeights(probed, fitted.weights) : probed;
  const split = splitHeads(joined, heads);
  const stored = storedAs(split, options.weights ?? defaults.weights, base.imported.storedAs);
  // What is measured is what the file holds.
  const model = roundedAs(split, stored);
  const scoring = withPixels(sideBySide(model), base.preprocessing);
  const scored = async (some: readonly TaskItem[]) =>
    (await predictWith(runtime, scoring, { ...held, items: some }, all, signal)).logits;
  const logits = await scored(test);
  const validated = taskValidations(data, validation, await scored(validation));
  const training = (performance.now() - trainingBegin) / 1000;
  const learnt = fitted?.weights.get(uncertaintyValue)?.data as Float32Array | undefined;

  const results: TaskResult[] = [];
  for (const [t, { name, classes }] of tasks.entries()) {
    const answers = answersOf(data, t, test, logits);
    const count = (p: string): number => items.filter((i) => i.part === p && i.labels[t]! >= 0).length;
    results.push({
      name,
      classes,
      output: heads[t]!.output,
      split: { train: count("train"), validation: count("validation"), test: count("test") },
      test: scoresOf(classes, answers),
      validation: validated[t]!,
      weight: learnt ? Math.exp(-learnt[t]!) : joining.weights[t]!,
      ...(baselines && (await trainAlone(t, answers))),
    });
  }
  const result: TasksResultEvent = {
    event: "result",
    task: "multi-task-image-classification",
    run: run.path,
    model: run.file("model"),
    base: baseFacts(base),
    strategy: { name: asked, reasons },
    weighting: joining.weighting,
    temperature: joining.temperature,
    tasks: results,
    mean_accuracy: results.reduce((sum, one) => sum + one.test.accuracy, 0) / results.length,
    split: splitCounts(dataset),
    trainable: { parameters, total },
    ...keptEpoch(fitted),
    ...(diverged && { diverged }),
    seconds: { total: (performance.now() - begin) / 1000, features: featureSeconds, training },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: forecastFacts(expected),
    test_looks: await countTestEvaluations(platform, dataset.testFingerprint, run.path, onEvent),
  };
  await finishTasks(context, data, result, events, exportTasks(model, heads, base.preprocessing, stored));
  onEvent(result);
  return result;

  /** The model of one task alone, and which is better. */
  async function trainAlone(
    t: number,
    answers: Predictions,
  ): Promise<Pick<TaskResult, "baseline" | "verdict">> {
    const { its, own, model: blank, plan } = alone[t]!;
    const { name, classes } = tasks[t]!;
    const head = withHead(body, classes.length, probes[t]!);
    let net = head;
    let seconds = featureSeconds;
    if (plan) {
      const store = run.store(`task ${t + 1}`);
      const fit = await prepareStage({
        runtime,
        model: blank,
        plan,
        train: { ...fed(plan.batch), items: own },
        validation: { ...held, items: its.filter((item) => item.part === "validation") },
        classes,
        stage: `${name} alone`,
        memoryBytes,
        recompute: recomputeOf(options),
        phase: "scratch",
        ...(store && { store }),
        ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
        onEvent,
        ...(signal && { signal }),
      });
      const done = await fit.run(startOf(head));
      await toldDivergence(context, `${name} alone`, fit, done, startOf(head));
      await fit.dispose();
      seconds = done.seconds;
      net = withWeights(head, done.weights);
    }
    const rounded = roundedAs(
      net,
      storedAs(net, options.weights ?? defaults.weights, base.imported.storedAs),
    );
    const tested = its.filter((item) => item.part === "test");
    const pixels = withPixels(rounded, base.preprocessing);
    const single = await predictWith(runtime, pixels, { ...held, items: tested }, classes.length, signal);
    const { compareTrainings } = await import("../../evidence/compare-trainings.js");
    return {
      baseline: {
        test: scoresOf(classes, single),
        seconds,
        recipe: plan?.words ?? "logistic regression on frozen features",
      },
      verdict: compareTrainings({
        a: [correctOf(answers, classes.length).map(Number)],
        b: [correctOf(single, classes.length).map(Number)],
        items: "pictures",
        repeatable: false,
        ...(single.groups && { groups: single.groups }),
        names: { a: "training together", b: "a model for this task alone" },
      }),
    };
  }
}

/** The features of all pictures, and for each task the head that fits its labelled ones best. */
async function solveHeads(
  { run, options, opened, decoded, onEvent, platform }: Context,
  trunk: Awaited<ReturnType<typeof openTrunk>>,
  { tasks, items }: TaskData,
): Promise<{ probes: Probe[]; featureSeconds: number }> {
  const { signal } = options;
  const begin = performance.now();
  const ordered = inParts(items) as readonly TaskItem[];
  const rows = await trunk.features(ordered, {
    onEvent,
    decoded,
    folder: run.path,
    ...(signal && { signal }),
  });
  const featureSeconds = (performance.now() - begin) / 1000;
  await trunk.close();
  const probes: Probe[] = [];
  try {
    for (const [t, { classes }] of tasks.entries()) {
      const done = (n: number): void =>
        onEvent({ event: "progress", phase: "head", done: n, total: tasks.length, unit: "trials" });
      done(t);
      const tables: { close(): void }[] = [];
      const labelled = (name: string): PartFeatures => {
        const its = ordered
          .map((item, i) => ({ item, i }))
          .filter(({ item }) => item.part === name && item.labels[t]! >= 0);
        const table = rowTable(its.length, rows.width, () => platform.files.scratch?.(run.path));
        tables.push(table);
        const row = new Float32Array(rows.width);
        for (const [k, { i }] of its.entries()) {
          rows.read(i, row);
          table.write(k, row);
        }
        const labels = Int32Array.from(its, ({ item }) => item.labels[t]!);
        return { features: table as Rows, labels, items: its.map(({ item }) => item) };
      };
      const problem = {
        train: labelled("train"),
        validation: labelled("validation"),
        dims: opened.body.width,
        classes: classes.length,
      };
      probes.push(await fitProbeInTurns(problem, signal ? { signal } : {}));
      for (const table of tables) table.close();
      done(t + 1);
    }
  } finally {
    rows.close();
  }
  return { probes, featureSeconds };
}

/** The scores of all heads as one output. */
function sideBySide(model: Graph): Graph {
  const graph = model.clone();
  const joined = new Builder(graph, "engraft/all").concat([...graph.outputs], 1);
  graph.outputs.splice(0, graph.outputs.length, joined);
  return graph;
}

function totalSize(graph: Graph): number {
  let size = 0;
  for (const [, { dims, dtype }] of graph.initializers) if (dtype === "float32") size += sizeOf(dims);
  return size;
}
