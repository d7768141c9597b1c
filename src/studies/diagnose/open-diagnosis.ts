import { withHead, withWeights } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { FreshLayers } from "../../core/results/diagnosis.js";
import { classificationOf } from "../../core/results/task.js";
import { pictureInputs, type SampleInputs } from "../../data/index.js";
import { correctOf, factsOf } from "../../evaluate/class-predictions.js";
import { freshLayers } from "../../evidence/diagnose-layers.js";
import { labelOf } from "../../evidence/diagnosis-words.js";
import type { Graph } from "../../graph/graph.js";
import { lengthOf, type PlanRequest } from "../../methods/plan.js";
import { refuseCommand } from "../../options/command-needs.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { requestedOptions } from "../../options/requested-options.js";
import type { Unrecorded } from "../../run/context.js";
import { fedBy, type OpenedBase, openBody, openData } from "../../run/setup.js";
import { predictWith } from "../../run/training/feeds.js";
import { classesHead, type OfClasses } from "../../run/training/head-of-classes.js";
import { heldOf, itemsOf, stageOf } from "../../run/training/planned.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { PlannedData } from "../../tasks/classes/choose/planned-data.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { Listener } from "../many-runs.js";
import { requireUnchanged } from "../same-data.js";
import type { DiagnosisFolder, DoneTraining } from "./diagnosis-folder.js";
import { diagnosisPlan, initialNetwork, type LayerGroup, layerGroups } from "./fresh-layers.js";

/** Data, base and layer groups that all trainings share. */
export interface OpenedDiagnosis {
  readonly planned: PlannedData;
  readonly opened: OpenedBase;
  readonly inputs: SampleInputs;
  readonly blank: Graph;
  readonly groups: readonly LayerGroup[];
  readonly variants: readonly FreshLayers[];
}

/** Fewest validation items for a diagnosis. */
const fewestItems = 5;

/**
 * Opens data and base.
 * @param data its path on this machine
 * @throws RunError if they have changed since the diagnosis was started
 */
export async function openDiagnosis(
  machine: TaskMachine,
  folder: DiagnosisFolder,
  { onEvent = () => undefined, signal }: Listener,
  data = folder.manifest.data,
): Promise<OpenedDiagnosis> {
  const { seeds, options, groups: count } = folder.manifest;
  const requested = { ...options, seed: seeds[0]!, onEvent, signal };
  const planned = await openPlannedData(machine, data, requested, onEvent);
  const { dataset, learns } = planned;
  const defaultBase =
    learns === classificationOf.text
      ? (await import("../../tasks/texts/open-texts.js")).textBaseOf(options)
      : defaults.base;
  const { opened, inputs } = await planned.open(options.base ?? defaultBase);
  requireUnchanged(folder, { fingerprint: dataset.fingerprint, base_sha256: opened.base.sha256 });
  const held = dataset.items.filter(({ part }) => part === "validation").length;
  if (held < fewestItems)
    throw new EngraftError(
      "DataError",
      `the validation part has ${held} items: a diagnosis is judged on it, and needs ${fewestItems} at least`,
      { help: "give more data; the test part is not for choosing", details: { validation: held } },
    );
  const classes = dataset.classes.length;
  const empty = { weight: new Float32Array(classes * opened.body.width), bias: new Float32Array(classes) };
  const blank = fedBy(opened, withHead(opened.body, classes, empty));
  const groups = layerGroups(blank, count);
  if (groups.length < 2)
    throw new EngraftError("ModelError", "the base has one layer of weights: there is nothing to divide", {
      help: "engraft train --baselines says what all of its weights are worth",
    });
  return { planned, opened, inputs, blank, groups, variants: freshLayers(groups.length) };
}

/**
 * Opens data for a diagnosis: task, classes and splits.
 * @throws OptionError for a task that cannot be diagnosed, DataError for unusable data
 */
async function openPlannedData(
  machine: TaskMachine,
  data: string,
  { base: _base, ...options }: TrainOptions,
  onEvent: OnEvent,
): Promise<PlannedData> {
  const { platform } = machine;
  const { abilitiesOf, resolveTask } = await import("../../tasks/registry.js");
  // A base of pictures or of texts: the data decide.
  const learns = await resolveTask(machine, data, options);
  refuseCommand("diagnose", abilitiesOf(machine, learns));
  const seed = options.seed ?? defaults.seed;
  const given = { ...options, seed, onEvent };
  if (learns === classificationOf.image) {
    const dataset = await openData(data, given, platform);
    const open = async (base: string) => {
      const opened = await openBody(base, given, platform);
      return { opened, inputs: pictureInputs(platform, opened.base.preprocessing, dataset.items.length) };
    };
    return { learns, unit: "pictures", dataset, open };
  }
  if (learns === classificationOf.text) {
    const { openTextBody, openTextDataset, tokensOf } = await import("../../tasks/texts/open-texts.js");
    const dataset = await openTextDataset(data, { seed, platform, onEvent, options });
    const open = async (base: string) => {
      const opened = await openTextBody(base, options, { platform, onEvent });
      return { opened, inputs: tokensOf(dataset, opened, options.signal) };
    };
    return { learns, unit: "texts", dataset, open };
  }
  throw new EngraftError("InternalError", `diagnose does not open data of ${learns}`);
}

/** Returns what a diagnosis records of its data and base. */
export const diagnosisFacts = ({ planned, opened, groups }: OpenedDiagnosis) => ({
  fingerprint: planned.dataset.fingerprint,
  base_sha256: opened.base.sha256,
  layer_groups: groups.length,
});

/** Returns the context of a seed's trainings. */
export const contextOf = (
  machine: TaskMachine,
  { manifest }: DiagnosisFolder,
  { planned, opened, inputs }: OpenedDiagnosis,
  runtime: Runtime,
  { onEvent = () => undefined, signal }: Listener,
  seed = manifest.seeds[0]!,
): OfClasses<Unrecorded> => ({
  options: { ...manifest.options, seed, signal },
  machine: { ...machine, runtime },
  dataset: planned.dataset,
  opened,
  inputs,
  training: { head: classesHead(planned.dataset) },
  // Only progress is passed on. Other events of each training would be too many.
  onEvent: (event) => event.event === "progress" && onEvent(event),
});

/** Returns what a training asks of its plan. */
export function requestOf(context: OfClasses<Unrecorded>): PlanRequest {
  const { options, training } = context;
  return {
    ...requestedOptions(options),
    examples: itemsOf(context, "train").length,
    seed: options.seed ?? 0,
    ...(training.head.counts && { classes: training.head.counts }),
    epochs: 1,
  };
}

/** Returns epochs and batch size of each training, of which the user may set some. */
export const trainingLength = (request: PlanRequest, options: Partial<TrainOptions>) =>
  lengthOf({ ...request, ...requestedLength(options) });

const requestedLength = ({ epochs, batchSize }: Partial<TrainOptions>) => ({
  ...(epochs !== undefined && { epochs }),
  ...(batchSize !== undefined && { batch: batchSize }),
});

/** Runs one brief training, and records which validation items are correct. */
export async function trainOnce(
  context: OfClasses<Unrecorded>,
  { blank, groups }: OpenedDiagnosis,
  variant: FreshLayers,
  request: PlanRequest,
): Promise<DoneTraining> {
  const begin = performance.now();
  const seed = context.options.seed ?? 0;
  const model = initialNetwork(blank, groups, variant, seed);
  const plan = diagnosisPlan(blank, { ...request, seed }, groups, variant);
  const fit = await stageOf(context, model, plan, labelOf(variant, groups.length), "training");
  const result = await fit.run().finally(() => fit.dispose());
  const logits = await predictWith(
    context.machine.runtime,
    withWeights(model, result.weights),
    heldOf(context, "validation"),
    context.dataset.classes.length,
    context.options.signal,
  );
  return {
    ...variant,
    seed,
    right: correctOf({ logits, ...factsOf(itemsOf(context, "validation")) }, context.dataset.classes.length)
      .map((right) => (right ? "1" : "0"))
      .join(""),
    best_epoch: result.bestEpoch,
    loss: result.best.loss,
    seconds: (performance.now() - begin) / 1000,
  };
}
