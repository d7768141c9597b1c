import { withHead } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import { baseName } from "../../core/hide-folders.js";
import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import { arePictures } from "../../data/index.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { mutualInformation } from "../../evaluate/index.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { pseudoLabels, shotPlan } from "../../methods/adapt/shot.js";
import { exported } from "../../run/exported.js";
import { requireItFits } from "../../run/forecast/require-it-fits.js";
import { trunkWithoutFeatures } from "../../run/made-network.js";
import { fedBy } from "../../run/setup.js";
import { planTask, trainModel } from "../../run/train-task.js";
import { adapted } from "../../run/training/adapted.js";
import { predictAll, predictWith } from "../../run/training/feeds.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { isRefusal } from "../../run/training/refusal.js";
import { guessingAmong } from "../../train/epochs/divergence.js";
import type { ProgressNote } from "../../train/epochs/progress-note.js";
import type { Evaluator } from "../../train/fit.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import { classifierOf } from "../adaptation/adapt-and-score.js";
import type { OpenedModel } from "./open-model.js";
import type { Adapted, OpenedAdaptation } from "./opened-adaptation.js";

/** Name of the training in events and of its checkpoint. */
const stage = "shot";

/**
 * Trains the backbone of a model on a target without labels by SHOT. The last layer stays.
 * @throws ModelError, OperatorError if the backbone cannot be trained
 */
export async function trainOnTarget(
  { model, domains, begin, events }: OpenedAdaptation,
  opened: OfClasses,
): Promise<Adapted> {
  const { head, classes } = model;
  // No label of the target reaches the training, nor an order that tells it, such as that of the folders.
  const items = opened.dataset.items
    .map((item) => ({ ...item, part: "train" as const, label: -1 }))
    .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const unlabelled = { ...opened, dataset: { ...opened.dataset, items } };
  const context = await withPseudoLabels(await withOwnStatistics(unlabelled, model), model);
  const { body } = context.opened;
  await requireItFits(context);
  const task = {
    ...classifierOf(model),
    openTrunk: trunkWithoutFeatures,
    headParameters: async () => 0,
    secondsToSolve: async () => 0,
    solve: async () => ({
      head: body.graph,
      validation: { score: Number.NaN, loss: Number.NaN },
      recipe: [],
      seconds: { features: 0, solving: 0 },
    }),
  };
  const plan = await planTask(context, task, begin).catch((error: unknown) => {
    throw isRefusal(error) ? untrainable(error, model) : error;
  });
  const trained = await trainModel(plan, task, begin, events);
  const whole = withHead({ ...body, graph: trained.model }, classes.length, head);
  const { machine, options, inputs } = context;
  const fed = fedBy(context.opened, whole);
  return {
    changed: true,
    onnx: await exported(context, whole, trained.stored),
    // Copies are learnt once, and all are scored.
    logits: await predictWith(
      machine.runtime,
      fed,
      { items: domains.target.items, inputs },
      classes.length,
      options.signal,
    ),
    training: recipeFields(plan.planned.trained!.plan.recipe),
  };
}

/** Returns the context of a training whose labels are pseudo labels. Each validation makes those of the next epoch. */
async function withPseudoLabels(context: OfClasses, { head, classes }: OpenedModel): Promise<OfClasses> {
  const { dataset, inputs, options, run } = context;
  const { width } = context.opened.body;
  const { items } = dataset;
  const places = new Map(items.map(({ id }, place) => [id, place]));
  // A resumed run continues with the labels of its last validation.
  const saved = (await run.store(stage)?.load())?.note as ProgressNote | undefined;
  let { labels = [] } = (saved?.details?.at(-1) ?? {}) as { readonly labels?: readonly number[] };
  const validate = async (evaluate: Evaluator) => {
    const rows = await predictAll(evaluate, { items, inputs, signal: options.signal }, width);
    const logits = applyHead(head, rowsOf(rows, width));
    const p = softmaxRows(logits, classes.length);
    labels = [...pseudoLabels(rows, width, p)];
    const perplexity = perplexityOf(p, items.length);
    const loss = -mutualInformation(logits, classes.length) * Math.log(classes.length);
    return { score: -perplexity, value: perplexity, loss, details: { labels } };
  };
  return {
    ...context,
    training: {
      ...context.training,
      head: {
        outputs: classes.length,
        // The network in training ends at the features, because the head is frozen.
        network: ({ graph }) => graph,
        guessing: guessingAmong(classes.length),
        metric: "perplexity",
        classOf: ({ id }) => labels[places.get(id)!] ?? 0,
        validate,
      },
    },
    besides: {
      regime: {
        stage,
        join: async (network) => ({
          model: network,
          planner: (graph, request) => shotPlan(graph, request, head),
          strategy: stage,
          reason: message("adapted-to-target", { target: baseName(dataset.root) }),
        }),
        validate,
      },
    },
  };
}

/** Returns the refusal of a model whose backbone has no gradient. */
const untrainable = (error: EngraftError, { dir }: OpenedModel): EngraftError =>
  new EngraftError(error.kind, `shot trains the backbone of the model: ${error.message}`, {
    at: dir,
    help: "adapt from the data of the source (engraft adapt SOURCE TARGET), or use --method label-shift if only the shares of the classes differ",
    details: error.details,
    cause: error,
  });

/** Returns e^(mean H(p)): 1 for certain predictions, C if all classes are alike. */
function perplexityOf(p: Float64Array, count: number): number {
  return Math.exp(-p.reduce((sum, one) => sum + (one > 0 ? one * Math.log(one) : 0), 0) / count);
}

/** Returns the context with BatchNormalization statistics of the target, if the model was trained with those of its own data. */
async function withOwnStatistics(context: OfClasses, { manifest, engraft }: OpenedModel): Promise<OfClasses> {
  const { batchNorm = "frozen" } = manifest?.options ?? {};
  const isOwn = batchNorm !== "frozen" || engraft.strategy.name === "scratch";
  if (!isOwn || !arePictures(context.inputs) || !hasBatchNorm(context.opened.body.graph)) return context;
  return (await adapted({ ...context, options: { ...context.options, batchNorm: "adapt" } })) as OfClasses;
}
