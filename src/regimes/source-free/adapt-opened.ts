import type { LinearHead } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { SourceFreeResultEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { copySample } from "../../data/copy-sample.js";
import type { Dataset } from "../../data/index.js";
import {
  applyHead,
  correctOf,
  factsOf,
  predictedClasses,
  scoresOf,
} from "../../evaluate/class-predictions.js";
import { modelLabels } from "../../inference/scored-items.js";
import { adaptationOf } from "../../methods/adapt/index.js";
import { requireSameBase } from "../../run/folder/require-same.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { taskTable } from "../../tasks/task-table.js";
import { gainOf } from "../adaptation/adapt-and-score.js";
import { adaptDefaults } from "../adaptation/options.js";
import { frozenFeatures } from "../adaptation/source-weights.js";
import { correctForShares } from "./correct-for-shares.js";
import { keepAdapted } from "./keep-adapted.js";
import type { OpenedModel } from "./open-model.js";
import type { Adapted, FeaturesOf, OpenedAdaptation } from "./opened-adaptation.js";
import type { AdaptModelOptions } from "./options.js";
import { requireTwoClasses } from "./require-two-classes.js";
import { solveOnPseudoLabels } from "./solve-on-pseudo-labels.js";

/** Adapts the model by the method, scores both models on a labelled target, and writes the new one. */
export async function adaptOpened(
  given: OpenedAdaptation,
  options: AdaptModelOptions & { readonly seed: number },
): Promise<SourceFreeResultEvent> {
  const { run, model, domains, begin, events, onEvent } = given;
  const { classes, head, unit } = model;
  const { method, seed } = options;
  const { target } = domains;
  const context = await contextOf(given, options);
  const { width } = context.opened.body;
  if (head.weight.length !== width * classes.length)
    throw new EngraftError(
      "ModelError",
      `the model's last layer takes ${head.weight.length / classes.length} features, its backbone gives ${width}`,
      { at: model.dir, help: "give the model of a run of `engraft train`" },
    );
  const features: FeaturesOf = (items) => frozenFeatures(context, items);
  const rows = await features(target.items);
  const logitsOf = (one: LinearHead): Float32Array => applyHead(one, rowsOf(rows, width));
  const plain = logitsOf(head);
  const before = predictedClasses(plain, classes.length);
  const adaptHead = async (): Promise<Adapted> => {
    const answers = { rows, width, plain, features };
    const { head: adapted, ...facts } =
      method === "shot-head"
        ? { head: await solveOnPseudoLabels(model, answers), changed: true }
        : await correctForShares(given, options, answers);
    return { ...facts, onnx: model.withHead(adapted), logits: logitsOf(adapted) };
  };
  const adaptBackbone = async (): Promise<Adapted> => {
    requireTwoClasses(model, before);
    return (await import("./train-on-target.js")).trainOnTarget(given, context);
  };
  const { onnx, logits, ...found } = await (method === "shot" ? adaptBackbone() : adaptHead());

  // Target labels are read from here on.
  const after = predictedClasses(logits, classes.length);
  const labels = modelLabels(target, model, "name the classes as the model does");
  const places = [...target.items.keys()].filter((i) => target.items[i]!.label >= 0);
  const labelled = places.length > 0;
  const facts = factsOf(
    places.map((i) => copySample(target.items[i]!, { label: labels[target.items[i]!.label]! })),
  );
  const [old, own] = [plain, logits].map((one) => ({
    logits: rowsAt(rowsOf(one, classes.length), places),
    ...facts,
  }));
  if (found.changed) warnOfOneClass(after, model, onEvent);
  const leavesOut = found.changed && model.engraft.trust !== undefined;
  if (leavesOut)
    onEvent({ event: "warning", ...warningText("trust_left_out", message("trust-of-old-layer")) });
  const result: SourceFreeResultEvent = {
    event: "result",
    task: "source-free-adaptation",
    run: run.path,
    model: run.file("model"),
    method: { name: method, paper: adaptationOf(method).paper },
    from: model.dir,
    base: baseFacts(model.engraft.base),
    unit,
    classes,
    target: { root: target.root, n: target.items.length, labelled },
    other_predictions: after.filter((label, i) => label !== before[i]).length,
    shares: classes.map((name, k) => ({ name, old: shareOf(before, k), share: shareOf(after, k) })),
    ...found,
    ...(leavesOut && { trust_left_out: true as const }),
    ...(labelled && {
      before: scoresOf(classes, old!),
      test: scoresOf(classes, own!),
      gain: gainOf(correctOf(own!, classes.length), correctOf(old!, classes.length), facts.groups),
    }),
    seed,
    seconds: (performance.now() - begin) / 1000,
  };
  await keepAdapted(given, { result, events: [...events, result], onnx });
  return result;
}

/** Warns of an adapted model that predicts one class for the whole target. */
function warnOfOneClass(
  predicted: readonly number[],
  { classes, unit }: OpenedModel,
  onEvent: OpenedAdaptation["onEvent"],
): void {
  const [only, ...others] = new Set(predicted);
  if (only === undefined || others.length > 0) return;
  const said = message("one-class-predicted", { name: classes[only]!, unit });
  onEvent({ event: "warning", ...warningText("one_class_predicted", said) });
}

/** Returns the share of a class among predictions. */
const shareOf = (predicted: readonly number[], k: number): number =>
  predicted.filter((label) => label === k).length / predicted.length;

/** Opens the model as a base, with the inputs of all samples. */
async function contextOf(
  { machine, run, model, domains, runtime, onEvent }: OpenedAdaptation,
  { method, force: _force, ...options }: AdaptModelOptions & { readonly seed: number },
): Promise<OfClasses> {
  const { platform } = machine;
  const { target, source } = domains;
  const items = [...target.items, ...(source?.shown ?? []), ...(source?.held ?? [])];
  const dataset = {
    ...target,
    seed: options.seed,
    task: model.task,
    classes: model.classes,
    items: [...new Map(items.map((item) => [item.sha256, item])).values()],
    testFingerprint: target.fingerprint,
  } as unknown as Dataset;
  const task = await taskTable[model.task].taskRun();
  const given = {
    ...options,
    augment: adaptDefaults.augment,
    base: model.dir,
    strategy: method === "shot" ? ("finetune" as const) : ("probe" as const),
  };
  const how = {
    platform,
    options: given,
    seed: options.seed,
    onEvent,
    signal: options.signal,
    run: run.path,
  };
  const base = await task.base(dataset, { ...how, whole: false });
  await requireSameBase(run, base.opened);
  const its = { run, options: given, machine: { ...machine, runtime }, opened: base.opened, onEvent };
  const { bound } = await task.bind(dataset, base, { ...its, reopen: async () => base });
  return { ...its, ...bound, dataset, options: given } as unknown as OfClasses;
}
