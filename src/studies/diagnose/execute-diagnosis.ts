import { withHead, withWeights } from "../../bases/heads.js";
import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import type { OnEvent, RunEvent } from "../../core/events/events.js";
import { type Recipe, recipeFields } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { DiagnosisResult, FreshLayers } from "../../core/results/diagnosis.js";
import { classificationOf } from "../../core/results/task.js";
import { pictureInputs, type SampleInputs } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { correctOf, factsOf } from "../../evaluate/class-predictions.js";
import { diagnoseLayers, freshLayers, type VariantAnswers } from "../../evidence/diagnose-layers.js";
import { diagnosisNotes, diagnosisNoteWords, labelOf } from "../../evidence/diagnosis-words.js";
import type { Graph } from "../../graph/graph.js";
import { lengthOf, type PlanRequest } from "../../methods/plan.js";
import { refuseCommand } from "../../options/command-needs.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { requestedOptions } from "../../options/requested-options.js";
import type { Unrecorded } from "../../run/context.js";
import { rangeOf, rangeWords } from "../../run/forecast/forecast.js";
import type { Machine } from "../../run/machine.js";
import { keepReport } from "../../run/report/keep-report.js";
import { fedBy, type OpenedBase, openBody, openData } from "../../run/setup.js";
import { predictWith, stepsOf } from "../../run/training/feeds.js";
import { classesHead, type OfClasses } from "../../run/training/head-of-classes.js";
import { heldOf, itemsOf, stageOf } from "../../run/training/planned.js";
import type { PlannedData } from "../../tasks/classes/choose/planned-data.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { estimateSecondsLeft, interrupted, isInterruption, type Listener } from "../many-runs.js";
import type { DiagnosisFolder, DoneTraining } from "./diagnosis-folder.js";
import {
  diagnosisPlan,
  diagnosisRecipe,
  initialNetwork,
  type LayerGroup,
  layerGroups,
} from "./fresh-layers.js";

/** Data, base and layer groups that all trainings share. */
interface Opened {
  readonly planned: PlannedData;
  readonly opened: OpenedBase;
  readonly inputs: SampleInputs;
  readonly blank: Graph;
  readonly groups: readonly LayerGroup[];
  readonly variants: readonly FreshLayers[];
}

/** Fewest validation items for a diagnosis. */
const fewestItems = 5;
/** Most epochs of a brief training. */
const mostEpochs = 10;

/** Executes or resumes a diagnosis: all trainings of the first seed, then those of the second. Each one is saved. */
export async function executeDiagnosis(
  machine: Machine,
  folder: DiagnosisFolder,
  { onEvent = () => undefined, signal }: Listener,
): Promise<DiagnosisResult> {
  const begin = performance.now();
  const { manifest } = folder;
  const runtime = await machine.openRuntime({ threads: manifest.threads, device: manifest.options.device });
  try {
    const opened = await open(machine, folder, onEvent, signal);
    await folder.update({ status: "running" });
    const contextOf = (seed: number): OfClasses<Unrecorded> => ({
      options: { ...manifest.options, seed, signal },
      machine,
      platform: machine.platform,
      runtime,
      dataset: opened.planned.dataset,
      opened: opened.opened,
      inputs: opened.inputs,
      head: classesHead(opened.planned.dataset),
      // Only progress is passed on. Other events of each training would be too many.
      onEvent: (event) => event.event === "progress" && onEvent(event),
    });
    const request = { ...requestOf(contextOf(manifest.seeds[0]!)), epochs: 1 };
    const length = await decide(folder, opened, contextOf(manifest.seeds[0]!), request, onEvent);
    await trainAll(folder, opened, contextOf, { ...request, ...length }, { onEvent, signal });
    const { diagnoseSource } = await import("./source-classes.js");
    const source =
      manifest.source === undefined
        ? undefined
        : await diagnoseSource(manifest.source, contextOf(manifest.seeds[0]!), manifest.margin);
    const plan = diagnosisPlan(opened.blank, { ...request, ...length }, opened.groups, opened.variants[0]!);
    const result = resultOf(
      folder,
      opened,
      recipeFields(diagnosisRecipe(plan)),
      (performance.now() - begin) / 1000,
      source,
    );
    await folder.update({ status: "done", result });
    const render = async () => (await import("../../report/studies/study-sheets.js")).studyPage(result);
    await keepReport(machine, folder, render, onEvent);
    return result;
  } finally {
    await runtime.close();
  }
}

/** Opens data and base. @throws RunError if they have changed since the diagnosis was started */
async function open(
  machine: Machine,
  folder: DiagnosisFolder,
  onEvent: OnEvent,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  const { data, seeds, options, groups: count, fingerprint, base_sha256 } = folder.manifest;
  const requested = { ...options, seed: seeds[0]!, onEvent, signal };
  const planned = await openPlannedData(machine, data, requested, onEvent);
  const { dataset, learns } = planned;
  const defaultBase =
    learns === classificationOf.text
      ? (await import("../../tasks/texts/open-texts.js")).textBaseOf(options)
      : defaults.base;
  const { opened, inputs } = await planned.open(options.base ?? defaultBase);
  const { sha256 } = opened.base;
  if ((fingerprint ?? dataset.fingerprint) !== dataset.fingerprint || (base_sha256 ?? sha256) !== sha256)
    throw new EngraftError(
      "RunError",
      `the ${(base_sha256 ?? sha256) === sha256 ? "data" : "base"} changed since the diagnosis was started`,
      { at: folder.path, help: "put it back as it was, or start a new diagnosis with another --out" },
    );
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
  await folder.update({ fingerprint: dataset.fingerprint, base_sha256: sha256 });
  return {
    planned,
    opened,
    inputs,
    blank,
    groups,
    variants: freshLayers(groups.length),
  };
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

function requestOf(context: Unrecorded): PlanRequest {
  const { options, head } = context;
  return {
    ...requestedOptions(options),
    examples: itemsOf(context, "train").length,
    seed: options.seed ?? 0,
    ...(head.counts && { classes: head.counts }),
  };
}

/** Seconds of a training without its steps: building, loading, and loading the trained model. */
const trainingOverhead = 2;
/** Time for scoring an item as a share of training on it: one forward pass against a forward and a double backward pass. */
const scoring = 1 / 3;

/**
 * Decides the epochs of each training: the requested number, or what fits into the budget by measured steps. Reports the forecast.
 * @throws OptionError for a budget that is too short for one epoch of each training
 */
async function decide(
  folder: DiagnosisFolder,
  { blank, groups, variants, planned }: Opened,
  context: Unrecorded,
  request: PlanRequest,
  onEvent: OnEvent,
): Promise<{ readonly epochs: number; readonly batch: number }> {
  const { manifest } = folder;
  const { batch, epochs: defaultEpochs } = lengthOf({ ...request, ...requestedLength(manifest.options) });
  const trainings = variants.length * manifest.seeds.length;
  const left = trainings - manifest.done.length;
  if (manifest.epochs !== undefined && left === 0) return { epochs: manifest.epochs, batch };
  const from = performance.now();
  const plan = diagnosisPlan(blank, { ...request, batch }, groups, variants[0]!);
  const fit = await stageOf(context, blank, plan, "measuring", "training");
  const loading = (performance.now() - from) / 1000;
  const perStep = await fit.measure().finally(() => fit.dispose());
  const steps = stepsOf(request.examples, plan.batch, plan.batchNorm === "train");
  const held = itemsOf(context, "validation").length;
  const validating = (held / plan.batch) * perStep * scoring;
  const perEpoch = steps * perStep + validating;
  const fixed = Math.max(trainingOverhead, 2 * loading) + 2 * validating;
  const within = Math.floor((manifest.budget / trainings - fixed) / perEpoch);
  const requested = manifest.epochs ?? manifest.options.epochs;
  if (requested === undefined && within < 1)
    throw new EngraftError(
      "OptionError",
      `in ${manifest.budget} s there is no time for ${trainings} trainings of one epoch each`,
      {
        help: `they take about ${Math.ceil(trainings * (fixed + perEpoch))} s: give a larger --budget, or fewer --groups or --seeds`,
        details: { budget: manifest.budget, trainings },
      },
    );
  const epochs = requested ?? Math.min(within, mostEpochs, Math.max(defaultEpochs, 1));
  const seconds = left * (fixed + epochs * perEpoch);
  if (manifest.epochs === undefined) await folder.update({ epochs, forecast: seconds });
  const { unit } = planned;
  const range = rangeOf(seconds);
  onEvent({
    event: "forecast",
    seconds,
    ...range,
    peak_rss_mb: context.platform.peakMemoryMb(),
    words: `${left} trainings of ${epochs} epoch${epochs === 1 ? "" : "s"} on ${request.examples} ${unit}: ${rangeWords(range)}`,
  });
  return { epochs, batch };
}

const requestedLength = ({ epochs, batchSize }: DiagnosisFolder["manifest"]["options"]) => ({
  ...(epochs !== undefined && { epochs }),
  ...(batchSize !== undefined && { batch: batchSize }),
});

async function trainAll(
  folder: DiagnosisFolder,
  { blank, groups, variants }: Opened,
  contextOf: (seed: number) => OfClasses<Unrecorded>,
  request: PlanRequest,
  listener: Listener,
): Promise<void> {
  const { onEvent } = listener;
  const { seeds } = folder.manifest;
  const jobs = seeds.flatMap((seed) => variants.map((variant) => ({ seed, variant })));
  const known = ({ seed, variant }: (typeof jobs)[number]): DoneTraining | undefined =>
    folder.manifest.done.find(
      (one) => one.seed === seed && one.side === variant.side && one.groups === variant.groups,
    );
  const secondsLeft = (): { seconds_left?: number } =>
    estimateSecondsLeft(
      jobs.filter((one) => !known(one)).map(() => "any"),
      folder.manifest.done.map(({ seconds }) => ({ kind: "any", seconds })),
    );
  for (const [i, job] of jobs.entries()) {
    const { seed, variant } = job;
    const label = labelOf(variant, groups.length);
    const reportRun = (event: Omit<RunEvent, "event" | "label" | "seed" | "number" | "of" | "run">): void =>
      onEvent?.({ event: "run", label, seed, number: i + 1, of: jobs.length, run: folder.path, ...event });
    const before = known(job);
    if (!before) reportRun({ state: "started", ...secondsLeft() });
    try {
      stopIf(listener.signal);
      const done = before ?? (await trainOnce(contextOf(seed), blank, groups, variant, request));
      if (!before) await folder.update({ done: [...folder.manifest.done, done] });
      const right = [...done.right].filter((c) => c === "1").length;
      reportRun({
        state: before ? "kept" : "done",
        validation_accuracy: right / done.right.length,
        seconds: done.seconds,
        ...(before ? {} : secondsLeft()),
      });
    } catch (error) {
      if (isInterruption(error, listener))
        throw interrupted(folder.path, "engraft diagnose --resume", folder.manifest.done.length, jobs.length);
      const { kind } = error instanceof EngraftError ? error : { kind: "InternalError" };
      reportRun({ state: "failed", error: { kind, message: messageOf(error) } });
      throw error;
    }
  }
}

/** Runs one brief training, and records which validation items are correct. */
async function trainOnce(
  context: OfClasses<Unrecorded>,
  blank: Graph,
  groups: readonly LayerGroup[],
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
    context.runtime,
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

function resultOf(
  { path, manifest }: DiagnosisFolder,
  { planned, opened, groups, variants }: Opened,
  recipe: Recipe,
  seconds: number,
  source: DiagnosisResult["source"],
): DiagnosisResult {
  const { dataset, unit } = planned;
  const { base } = opened;
  const part = (name: "train" | "validation"): number =>
    dataset.items.filter((item) => item.part === name).length;
  const answers = variants.map(
    (variant): VariantAnswers => ({
      ...variant,
      correct: manifest.seeds.map((seed) => {
        const training = manifest.done.find(
          (one) => one.seed === seed && one.side === variant.side && one.groups === variant.groups,
        );
        return Array.from(training!.right, (c) => c === "1");
      }),
    }),
  );
  const held = dataset.items.filter((item) => item.part === "validation");
  const named = groups.map(({ members: _members, statistics: _statistics, ...one }) => one);
  const result: Omit<DiagnosisResult, "notes" | "note_codes"> = {
    event: "result",
    task: "diagnosis",
    diagnosis: path,
    data: manifest.data,
    base: baseFacts(base),
    classes: dataset.classes,
    unit,
    split: { train: part("train"), validation: part("validation") },
    seeds: manifest.seeds,
    epochs: manifest.epochs!,
    ...recipe,
    ...diagnoseLayers(answers, named, manifest.margin, groupsOfItems(held)),
    ...(source && { source }),
    seconds,
    forecast: { seconds: manifest.forecast ?? 0 },
  };
  const note_codes = diagnosisNotes(result);
  return { ...result, notes: diagnosisNoteWords(note_codes, result), note_codes };
}
