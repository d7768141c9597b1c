import { headValues, withWeights } from "../../bases/heads.js";
import type { TrainResultEvent } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import type { Effort } from "../../core/results/baseline.js";
import { sizeOf } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { RowItem } from "../../data/index.js";
import { encodedWidth } from "../../data/tables/table-encoding.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { fitProbeInTurns } from "../../methods/probe/index.js";
import { plannerOf, type StrategyName } from "../../methods/registry.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import { defaults, memoryOf, recomputeOf } from "../../options/options.js";
import { requestedOptions } from "../../options/requested-options.js";
import { planScratch } from "../../run/baselines/plan-scratch.js";
import { type ScratchFit, trainFromScratch } from "../../run/baselines/scratch.js";
import type { ScratchTraining } from "../../run/baselines/scratch-training.js";
import { toldDivergence } from "../../run/training/rate-of.js";
import { openSession } from "../../runtime/open.js";
import { answeringMean } from "../../train/epochs/divergence.js";
import { type Evaluator, type Fit, type FitResult, prepareFit, type Validation } from "../../train/fit.js";
import type { StepFeeds } from "../../train/loop.js";
import { factsOf, scoresOf } from "../classes/scores.js";
import { inUnits, numbersObjective, Targets } from "../numbers/targets.js";
import { inputsOf, type TableContext, type TableStart } from "./table-start.js";

/** One training of a network on the rows. */
export interface LearntTable {
  readonly strategy: StrategyName;
  readonly plan: TrainingPlan | undefined;
  readonly fitted: FitResult | undefined;
  readonly diverged?: NonNullable<TrainResultEvent["diverged"]>;
  /** With its answers in units, or raw scores. */
  readonly model: Graph;
  readonly test: Float32Array;
  readonly validation: Float32Array;
  readonly seconds: number;
}

export interface TableLearner {
  readonly targets: Targets | undefined;
  /** Prepared, so that its steps can be measured. */
  prepare(start: TableStart, stage: string): Promise<PreparedTable>;
  /** The baseline from scratch, and its predictions in units, or logits, for the test set. */
  scratch(start: TableStart): {
    readonly training: ScratchTraining;
    learn(transfer: Effort | undefined): Promise<ScratchFit & { readonly test: Float32Array }>;
  };
  part(name: RowItem["part"]): readonly RowItem[];
}

export interface PreparedTable {
  readonly plan: TrainingPlan | undefined;
  readonly fit: Fit | undefined;
  /** Seconds of the end of an epoch: validation, and the state as a checkpoint on the disk. */
  epochEnd(): Promise<number>;
  /** Train; a fit is disposed afterwards. */
  learn(): Promise<LearntTable>;
}

/** A peak rate for random weights of a small network: fastai's tabular_learner trains at 1e-3 to 1e-2. */
const rateFor = { scratch: 5e-3, transfer: 2e-3 } as const;
/** Rows that are scored at once. */
const scoredAtOnce = 4096;

/** Epochs and batch of a table: rows are cheap, so there are more steps than for pictures. */
function lengthOf(rows: number): { batch: number; epochs: number } {
  const batch = rows < 500 ? 16 : rows < 5000 ? 32 : rows < 20_000 ? 128 : 256;
  const wanted = 1500;
  return { batch, epochs: Math.min(60, Math.max(5, Math.round(wanted / Math.ceil(rows / batch)))) };
}

export async function tableLearner(context: TableContext, outputs: number): Promise<TableLearner> {
  const { dataset, options, run, runtime, platform, onEvent } = context;
  const { signal, seed = defaults.seed } = options;
  const part = (name: RowItem["part"]) => dataset.items.filter((item) => item.part === name);
  const [train, validation, test] = [part("train"), part("validation"), part("test")];
  const numbers = dataset.task === "tabular-regression";
  const targets = numbers ? Targets.of(dataset.targets, train) : undefined;
  const truth = targets?.scaled(train);
  const length = lengthOf(train.length);

  const validate = (answers: Float32Array): Validation => {
    if (targets) return targets.validation(answers, validation);
    const { loss, accuracy } = scoresOf(dataset.classes, predictions(answers, validation));
    return { score: accuracy, loss };
  };

  const request: PlanRequest = {
    ...requestedOptions(options),
    examples: train.length,
    epochs: options.epochs ?? length.epochs,
    batch: Math.min(options.batchSize ?? length.batch, train.length),
    classes: dataset.classes.map((name, label) => ({
      name,
      count: train.filter((item) => item.label === label).length,
    })),
  };

  const fitOf = (start: TableStart, plan: TrainingPlan, stage: string, model = start.graph): Promise<Fit> => {
    const width = encodedWidth(start.encoding);
    const xTrain = inputsOf(start, dataset, train);
    const xValidation = inputsOf(start, dataset, validation);
    const store = run.store(stage);
    const feeds = (epoch: number, from: number) =>
      rowFeeds({ x: xTrain, width, items: train, truth, outputs }, plan.batch, seed, epoch, from);
    return prepareFit({
      runtime,
      model,
      ...fitOfPlan(plan),
      ...(targets && { objective: numbersObjective(plan, outputs, options) }),
      stepsPerEpoch: Math.ceil(train.length / plan.batch),
      feeds,
      validate: async (evaluate) => validate(await answersOf(evaluate, xValidation, width, outputs)),
      stage,
      items: "rows",
      memoryBytes: memoryOf(options, platform.memoryBytes()),
      recompute: recomputeOf(options),
      phase: stage.startsWith("scratch") ? "scratch" : "training",
      keepsWhatWasGood: true,
      ...(targets && { guessing: answeringMean, metric: "r2" as const }),
      ...(store && { store }),
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      onEvent,
      ...(signal && { signal }),
    });
  };

  const scratch: TableLearner["scratch"] = (start) => {
    const training = planScratch(start.graph, request, { middle: rateFor.scratch });
    return {
      training,
      async learn(transfer) {
        const fit = await trainFromScratch(context, {
          training,
          blank: start.graph,
          fresh: new Map(),
          prepare: (model, plan, stage) => fitOf(start, plan, stage, model),
          transfer,
        });
        const trained = withWeights(start.graph, fit.weights);
        const x = inputsOf(start, dataset, test);
        const width = encodedWidth(start.encoding);
        const answers = await withSession(
          context,
          targets ? withWeights(trained, inUnits(trained.initializers, targets)) : trained,
          (evaluate) => answersOf(evaluate, x, width, outputs),
        );
        return { ...fit, test: answers };
      },
    };
  };

  const prepare = async (start: TableStart, stage: string): Promise<PreparedTable> => {
    const strategy = start.name === "scratch" ? "full" : (options.strategy ?? "full");
    const width = encodedWidth(start.encoding);
    const asked = { ...request, rate: request.rate ?? rateFor[start.name] };
    const xTrain = inputsOf(start, dataset, train);
    const xValidation = inputsOf(start, dataset, validation);
    const plan = strategy === "probe" ? undefined : (await plannerOf(strategy))(start.graph, asked);
    const fit = plan && (await fitOf(start, plan, stage));
    const learn = async (): Promise<LearntTable> => {
      const begin = performance.now();
      const answering = (model: Graph, x: Float32Array, size: number) =>
        withSession(context, model, (evaluate) => answersOf(evaluate, x, width, size));
      let head: ReadonlyMap<Value, Tensor> | undefined;
      if (start.init && !start.init.head?.startsWith("the old rows")) {
        const { body } = start;
        const features = await answering(body.graph, xTrain, body.width);
        const held = await answering(body.graph, xValidation, body.width);
        head = await solvedHead(features, held, body.width);
      }
      const fitted = await fit?.run(head);
      const diverged = fitted && (await toldDivergence(context, stage, fit!, fitted, head));
      await fit?.dispose();
      const trained = withWeights(start.graph, fitted?.weights ?? head ?? new Map());
      const model = targets ? withWeights(trained, inUnits(trained.initializers, targets)) : trained;
      return {
        strategy,
        plan,
        fitted,
        ...(diverged && { diverged }),
        model,
        test: await answering(model, inputsOf(start, dataset, test), outputs),
        validation: await answering(model, xValidation, outputs),
        seconds: (performance.now() - begin) / 1000,
      };
    };
    const epochEnd = async (): Promise<number> => {
      if (!fit) return 0;
      const look = async () => validate(await answersOf(fit.evaluate, xValidation, width, outputs));
      await look();
      const begin = performance.now();
      await look();
      const state = await fit.session.readState();
      const bytes = [...state.values()].reduce((n, { dims }) => n + 4 * sizeOf(dims), 0);
      const file = run.file("measured.bin");
      await platform.files.writeAtomic(file, new Uint8Array(bytes));
      const seconds = (performance.now() - begin) / 1000;
      await platform.files.remove(file);
      return seconds;
    };
    return { plan, fit, epochEnd, learn };
  };

  /** The best linear head on features, in the scale that is trained in. */
  const solvedHead = async (
    features: Float32Array,
    held: Float32Array,
    dims: number,
  ): Promise<ReadonlyMap<Value, Tensor>> => {
    const values = (items: readonly RowItem[]) =>
      Float64Array.from(items.flatMap((i) => i.values as number[]));
    const labels = (items: readonly RowItem[]) => Int32Array.from(items, (i) => i.label);
    const head = targets
      ? targets.scaledHead(
          await fitRidge({
            train: { features, values: values(train), count: train.length },
            validation: { features: held, values: values(validation), count: validation.length },
            dims,
            targets: outputs,
          }),
        )
      : await fitProbeInTurns({
          train: { features, labels: labels(train) },
          validation: { features: held, labels: labels(validation) },
          dims,
          classes: outputs,
        });
    return new Map([
      [headValues.weight, float32([outputs, dims], head.weight)],
      [headValues.bias, float32([outputs], head.bias)],
    ]);
  };
  return { targets, prepare, scratch, part };
}

/** Raw scores of rows as {@link scoresOf} takes them. */
export function predictions(logits: Float32Array, items: readonly RowItem[]) {
  return { logits, ...factsOf(items) };
}

interface Rows {
  readonly x: Float32Array;
  readonly width: number;
  readonly items: readonly RowItem[];
  /** Standardised numbers, where those are learnt. */
  readonly truth: Float32Array | undefined;
  readonly outputs: number;
}

/** Feeds of one epoch from step `from` on, in a fresh order; a short last batch is filled up at weight 0. */
async function* rowFeeds(
  { x, width, items, truth, outputs }: Rows,
  batch: number,
  seed: number,
  epoch: number,
  from: number,
): AsyncGenerator<StepFeeds> {
  const order = permutation(items.length, seed, "order", epoch);
  for (let first = from * batch; first < order.length; first += batch) {
    const rows = order.slice(first, first + batch);
    const all = Array.from({ length: batch }, (_, i) => rows[i] ?? rows[0]!);
    const data = new Float32Array(batch * width);
    all.forEach((row, i) => {
      data.set(x.subarray(row * width, (row + 1) * width), i * width);
    });
    const numbers = new Float32Array(truth ? batch * outputs : 0);
    if (truth)
      all.forEach((row, i) => {
        numbers.set(truth.subarray(row * outputs, (row + 1) * outputs), i * outputs);
      });
    yield {
      "train.x": float32([batch, width], data),
      "train.labels": {
        dtype: "int64",
        dims: [batch],
        data: BigInt64Array.from(all, (row) => BigInt(items[row]!.label)),
      },
      "train.weights": float32(
        [batch],
        Float32Array.from(all, (_, i) => (i < rows.length ? 1 : 0)),
      ),
      ...(truth && { "train.targets": float32([batch, outputs], numbers) }),
    };
  }
}

/** What an evaluator answers to rows, float32[n, outputs]. */
export async function answersOf(
  evaluate: Evaluator,
  x: Float32Array,
  width: number,
  outputs: number,
): Promise<Float32Array> {
  const n = x.length / width;
  const out = new Float32Array(n * outputs);
  for (let first = 0; first < n; first += scoredAtOnce) {
    const last = Math.min(n, first + scoredAtOnce);
    const data = x.slice(first * width, last * width);
    out.set(await evaluate(float32([last - first, width], data)), first * outputs);
  }
  return out;
}

export async function withSession<T>(
  { runtime }: Pick<TableContext, "runtime">,
  model: Graph,
  work: (evaluate: Evaluator) => Promise<T>,
): Promise<T> {
  const session = await openSession(runtime, model, { label: "the table's model" });
  try {
    const input = session.inputs[0]!.name;
    return await work(async (x) => Object.values(await session.run({ [input]: x }))[0]!.data as Float32Array);
  } finally {
    await session.dispose();
  }
}
