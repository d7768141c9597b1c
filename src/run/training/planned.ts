import { type Body, oldScoresOf } from "../../bases/body.js";
import { withEmptyHead } from "../../bases/heads.js";
import type { EngraftError } from "../../core/errors.js";
import { message, type Sentence, warningText } from "../../core/messages/message.js";
import { arePictures, type Sample, type Samples } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { chooseStrategy, isSolved, isWithoutBase, plannerOf, rowOf } from "../../methods/registry.js";
import { augmentOptionsOf, pictureAugmentation } from "../../options/augment-options.js";
import { defaults, memoryOf, type RecipeOptions, recomputeOf } from "../../options/options.js";
import { requestedOptions } from "../../options/requested-options.js";
import type { Fit } from "../../train/fit.js";
import type { ScratchTraining } from "../baselines/scratch-training.js";
import { type JoinedRegime, scratchContext, type Unrecorded } from "../context.js";
import { fedBy, startsRandom, usesPretrained, withOldHead } from "../setup.js";
import type { HeldSource, TrainSource } from "./train-source.js";

/** The plan of a run, decided before anything is computed. */
export interface Planned {
  readonly strategy: { readonly name: string; readonly reasons: readonly Sentence[] };
  /** pixels -> logits with an empty head: for training, and for training from scratch. */
  readonly blank: Graph;
  readonly plain: Graph;
  readonly request: PlanRequest;
  /** Logits of the base's own classifier, if the strategy needs them. */
  readonly oldScores: Value | undefined;
  /** Missing if the head is solved. */
  readonly trained?: { readonly plan: TrainingPlan; readonly fit: Fit; readonly stage: string };
  /** The first training from scratch of a run that trains nothing itself; the caller measures and disposes of it. */
  readonly scratchFit?: Fit;
  /** Returns the strategy's plan at another rate or for another length. */
  readonly replan: (request: Partial<PlanRequest>) => TrainingPlan;
  /** Missing without baselines. */
  readonly scratch?: ScratchTraining;
}

/** Part of a run: its samples. */
interface OfSamples<Item extends Sample> {
  readonly dataset: Samples<Item>;
}

/** Samples of a split, for scoring. */
export const heldOf = <Item extends Sample>(
  context: Pick<Unrecorded, "inputs"> & OfSamples<Item>,
  part: Sample["part"],
): HeldSource<Item> => ({ items: itemsOf(context, part), inputs: context.inputs });

export function itemsOf<Item extends Sample>({ dataset }: OfSamples<Item>, part: Sample["part"]): Item[] {
  return dataset.items.filter((item) => item.part === part);
}

/**
 * Builds and loads the training of a model by a plan.
 * @param stage its name in events
 * @param checkpoint the name of its checkpoint, default the same
 * @throws OperatorError if a gradient cannot pass
 */
export async function stageOf(
  context: Unrecorded,
  model: Graph,
  plan: TrainingPlan,
  stage: string,
  phase: "training" | "scratch",
  checkpoint = stage,
): Promise<Fit> {
  const { run, machine, options, dataset, onEvent, training, besides } = context;
  const regime = besides?.regime;
  const { head } = training;
  const { signal, checkpointSeconds, seed = defaults.seed } = options;
  const store = run?.store(checkpoint);
  const train: TrainSource = {
    ...heldOf(context, "train"),
    augmentation: arePictures(context.inputs) ? pictureAugmentation(options) : "none",
    augmentOptions: augmentOptionsOf(options.option),
    balanced: plan.balanced === true,
    ...(head.classOf && { classOf: head.classOf }),
    batch: plan.batch,
    seed,
    ...(head.targets && { rows: head.targets(itemsOf(context, "train")) }),
    ...(regime?.rowsOf && { rows: regime.rowsOf(seed) }),
    order: regime?.orderOf?.(seed),
    signal,
  };
  const { prepareStage } = await import("./stage.js");
  const fit = await prepareStage({
    runtime: machine.runtime,
    model,
    plan,
    train,
    validation: heldOf(context, "validation"),
    classes: dataset.classes,
    head,
    ...streamsOf(context, train, plan),
    validate: regime?.validate,
    stage,
    phase,
    endsEarly: !regime && mayEndEarly(options),
    lowersRate: !regime && phase === "training" && options.lr === undefined && usesRateOf(context),
    pretrained: !startsRandom(context.opened),
    memoryBytes: memoryOf(options, machine.platform.memoryBytes()),
    recompute: recomputeOf(options),
    store,
    extensions: run?.manifest.extensions,
    checkpointSeconds,
    onEvent,
    signal,
  });
  const { secondsPerStep } = regime ?? {};
  return secondsPerStep ? { ...fit, measure: async () => (await fit.measure()) + secondsPerStep() } : fit;
}

/** True if a training without a requested rate has that of the task, for pretrained weights. */
const usesRateOf = ({ options, training }: Unrecorded): boolean =>
  training.defaults?.(options).rate !== undefined && !rowOf(options.strategy ?? defaults.strategy).adapts;

/** What feeds the steps, if it is not the batches of the train split. */
function streamsOf({ besides, training }: Unrecorded, train: TrainSource, plan: TrainingPlan) {
  const streams = besides?.regime?.streams?.(train, plan) ?? training.head.streams?.(train, plan);
  return streams && { streams };
}

/**
 * True if the number of epochs is only a limit: the user set neither it nor a patience. A plan's number is a limit too.
 */
function mayEndEarly({ epochs, reasons, option }: RecipeOptions): boolean {
  return (epochs === undefined || reasons !== undefined) && option?.patience === undefined;
}

/**
 * Plans the run, and builds what it trains: an operator without a gradient is found now, not after the features.
 * @throws OperatorError, ModelError, ShapeError if the base cannot be trained as requested
 */
export async function planRun(context: Unrecorded): Promise<Planned> {
  const { options, opened } = context;
  const requested = options.strategy ?? defaults.strategy;
  const baselines = usesPretrained(context) && options.baselines !== "quick" && options.baselines;
  const network = await networkOf(context);
  const { plain, oldScores, request, own, blank, planner, joined, scratchRate } = network;
  let trained: Planned["trained"];
  let refusal: EngraftError | undefined;
  if (!isSolved(requested)) {
    const stage = context.besides?.regime?.stage ?? (requested === "auto" ? "finetune" : requested);
    try {
      const plan = planner(blank, own);
      trained = { plan, fit: await stageOf(context, blank, plan, stage, "training"), stage };
    } catch (error) {
      const { explainRefusal, isRefusal } = await import("./refusal.js");
      if (!isRefusal(error) || requested !== "auto") throw explainRefusal(error, opened.body.graph);
      refusal = error;
    }
  }
  const { settings } = rowOf(requested);
  let scratchFit = baselines && !trained ? await scratchFitOf(context, network) : undefined;
  const chosen =
    opened.made && !isWithoutBase(requested)
      ? {
          name: opened.made.pretrained ? (trained?.stage ?? "probe") : "scratch",
          reasons: [opened.made.because],
        }
      : chooseStrategy(
          requested,
          request.examples,
          refusal?.message,
          options.reasons ?? (options.strategy === undefined ? [message("strategy-default")] : undefined),
        );
  const strategy = joined ? joinedStrategy(chosen, joined) : chosen;
  // A plan's rate is for the pretrained weights; a requested one is for all.
  const { rate: _chosen, ...unrated } = request;
  const fresh = options.reasons === undefined ? request : unrated;
  const long = { ...fresh, ...(trained && lengthOf(trained.plan, request.examples)) };
  const scratch =
    baselines && !joined
      ? (await import("../baselines/plan-scratch.js")).planScratch(plain, long, {
          own: settings,
          middle: scratchRate,
        })
      : undefined;
  if (isSolved(strategy.name) && trained) {
    if (baselines) scratchFit = trained.fit;
    else await trained.fit.dispose();
    trained = undefined;
  }
  if (trained) warnOfStatistics(context, trained.plan);
  return {
    strategy,
    blank,
    plain,
    request,
    oldScores,
    trained,
    scratchFit,
    replan: (more) => planner(blank, { ...own, ...more }),
    scratch: trained || scratchFit ? scratch : undefined,
  };
}

/** The strategy of a run with a regime. */
const joinedStrategy = (chosen: Planned["strategy"], { strategy, reason }: JoinedRegime) =>
  strategy === undefined
    ? { ...chosen, reasons: [...chosen.reasons, reason] }
    : { name: strategy, reasons: [reason] };

/** The network of a run before training: with a head of zeros, unless the head starts otherwise. */
export function emptyNetwork(context: Unrecorded, body: Body = context.opened.body): Graph {
  const { outputs, scores, network } = context.training.head;
  return network?.(body) ?? withEmptyHead(body, outputs, scores);
}

type Network = Awaited<ReturnType<typeof networkOf>>;

/** Returns the network of a run with an empty head, and its planner. */
export async function networkOf(context: Unrecorded) {
  const { options, opened } = context;
  const { body, base } = opened;
  const requested = options.strategy ?? defaults.strategy;
  const oldScores = rowOf(requested).oldHead ? oldScoresOf(base.imported.graph, body) : undefined;
  const scratch = scratchContext(context);
  const plain = fedBy(scratch.opened, emptyNetwork(scratch));
  const trunk = oldScores === undefined ? body : withOldHead(opened, oldScores);
  const model = fedBy(opened, emptyNetwork(context, trunk));
  const { rate, scratchRate, ...usual } = context.training.defaults?.(options) ?? {};
  const request = { ...usual, ...requestOf(context, oldScores) };
  // Settings for pretrained weights suit neither random ones nor adapters: training from scratch uses only the request.
  const own = { ...(usesRateOf(context) && { rate }), ...request };
  const strategyPlanner = await plannerOf(requested);
  const joined = await context.besides?.regime?.join(model, strategyPlanner, own);
  const { model: blank, planner } = joined ?? { model, planner: strategyPlanner };
  return { plain, oldScores, request, own, blank, planner, joined, scratchRate };
}

/** Prepares the baseline from scratch of a probe, which itself needs no gradients. */
async function scratchFitOf(
  context: Unrecorded,
  { plain, request, own, blank, planner }: Network,
): Promise<Fit | undefined> {
  const { options, onEvent } = context;
  try {
    planner(blank, own);
    const { scratchPlan } = await import("../../methods/finetune/scratch.js");
    const { settings } = rowOf(options.strategy ?? defaults.strategy);
    const plan = scratchPlan(plain, request, { own: settings });
    return await stageOf(scratchContext(context), plain, plan, "scratch", "scratch");
  } catch (error) {
    const { baselinesRefused, withoutBaselines } = await import("./refusal.js");
    if (options.baselines !== "auto") throw withoutBaselines(error);
    onEvent(baselinesRefused(error));
    return undefined;
  }
}

/** Returns the user's request, as a strategy plans by it. */
function requestOf(context: Unrecorded, oldScores: Value | undefined): PlanRequest {
  const {
    options,
    training: {
      head: { counts: classes },
    },
  } = context;
  return {
    examples: itemsOf(context, "train").length,
    seed: options.seed ?? defaults.seed,
    ...requestedOptions(options),
    ...(classes && { classes }),
    ...(oldScores !== undefined && { oldScores }),
  };
}

/** The same number of epochs and steps; for pairs the number that sees as many items. */
function lengthOf(plan: TrainingPlan, examples: number): Pick<PlanRequest, "epochs" | "batch"> {
  const { epochs, batch, pairs } = plan;
  if (!pairs) return { epochs, batch };
  return { epochs: Math.ceil((epochs * stepsOfEpoch(plan, examples) * batch) / examples) };
}

/**
 * Fewest examples per batch for batch statistics: with fewer they are mostly noise. @see Wu & He, "Group
 * Normalization", 2018, figure 1
 */
const fewForStatistics = 8;

function warnOfStatistics({ options, onEvent }: Unrecorded, { batch }: TrainingPlan): void {
  if (options.batchNorm !== "train" || batch >= fewForStatistics) return;
  onEvent({
    event: "warning",
    ...warningText("batch-norm", message("batch-statistics-noisy", { batch, from: fewForStatistics })),
  });
}
