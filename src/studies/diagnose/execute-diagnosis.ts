import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import type { OnEvent, RunEvent } from "../../core/events/events.js";
import { type Recipe, recipeFields } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { DiagnosisResult } from "../../core/results/diagnosis.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { diagnoseLayers, type VariantAnswers } from "../../evidence/diagnose-layers.js";
import { diagnosisNotes, diagnosisNoteWords } from "../../evidence/diagnosis-words.js";
import type { PlanRequest } from "../../methods/plan.js";
import type { Unrecorded } from "../../run/context.js";
import { rangeOf, rangeWords } from "../../run/forecast/forecast.js";
import { keepReport } from "../../run/report/keep-report.js";
import { stepsOf } from "../../run/training/feeds.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf, stageOf } from "../../run/training/planned.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { interrupted, isInterruption, type Listener, TimeLeft } from "../many-runs.js";
import type { DiagnosisFolder, DoneTraining } from "./diagnosis-folder.js";
import {
  collectTrainings,
  type DiagnosisTraining,
  doneIn,
  trainingsOfDiagnosis,
} from "./diagnosis-trainings.js";
import { diagnosisPlan, diagnosisRecipe } from "./fresh-layers.js";
import {
  contextOf,
  foundIn,
  lengthIn,
  type OpenedDiagnosis,
  openDiagnosis,
  requestOf,
  trainOnce,
} from "./open-diagnosis.js";

/** Most epochs of a brief training. */
const mostEpochs = 10;

/** Executes or resumes a diagnosis: all trainings of the first seed, then those of the second. Each one is saved. */
export async function executeDiagnosis(
  machine: TaskMachine,
  folder: DiagnosisFolder,
  { onEvent = () => undefined, signal }: Listener,
): Promise<DiagnosisResult> {
  const begin = performance.now();
  const { manifest } = folder;
  const listener = { onEvent, signal };
  return begun(machine, folder, listener, async ({ opened, ofSeed, request }) => {
    await folder.update({ status: "running" });
    await trainAll(folder, opened, ofSeed, request, listener);
    const { diagnoseSource } = await import("./source-classes.js");
    const source =
      manifest.source === undefined
        ? undefined
        : await diagnoseSource(manifest.source, ofSeed(), manifest.margin);
    const plan = diagnosisPlan(opened.blank, request, opened.groups, opened.variants[0]!);
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
  });
}

/** Opens and measures a diagnosis, so that all its trainings are decided, and collects those that workers did. */
export async function begun<T>(
  machine: TaskMachine,
  folder: DiagnosisFolder,
  listener: Listener,
  work: (its: {
    readonly opened: OpenedDiagnosis;
    readonly ofSeed: (seed?: number) => OfClasses<Unrecorded>;
    readonly request: PlanRequest;
  }) => Promise<T>,
): Promise<T> {
  const { threads, options } = folder.manifest;
  const { onEvent = () => undefined } = listener;
  const runtime = await machine.openRuntime({ threads, device: options.device });
  try {
    const opened = await openDiagnosis(machine, folder, listener);
    const ofSeed = (seed?: number) => contextOf(machine, folder, opened, runtime, listener, seed);
    await folder.update(foundIn(opened));
    const held = itemsOf(ofSeed(), "validation").length;
    await folder.update({ done: await collectTrainings(machine.platform, folder, held) });
    return await work({ opened, ofSeed, request: await decide(folder, opened, ofSeed(), onEvent) });
  } finally {
    await runtime.close();
  }
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
  { blank, groups, variants, planned }: OpenedDiagnosis,
  context: OfClasses<Unrecorded>,
  onEvent: OnEvent,
): Promise<PlanRequest> {
  const { manifest } = folder;
  const request = requestOf(context);
  const { batch, epochs: defaultEpochs } = lengthIn(request, manifest.options);
  const trainings = variants.length * manifest.seeds.length;
  const left = trainings - manifest.done.length;
  if (manifest.epochs !== undefined && left === 0) return { ...request, epochs: manifest.epochs, batch };
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
  return { ...request, epochs, batch };
}

async function trainAll(
  folder: DiagnosisFolder,
  opened: OpenedDiagnosis,
  ofSeed: (seed: number) => OfClasses<Unrecorded>,
  request: PlanRequest,
  listener: Listener,
): Promise<void> {
  const { onEvent } = listener;
  const jobs = trainingsOfDiagnosis(folder);
  const known = ({ seed, variant }: DiagnosisTraining): DoneTraining | undefined =>
    doneIn(folder.manifest, variant, seed);
  const time = new TimeLeft(jobs.map(() => "any"));
  for (const { seconds } of jobs.flatMap((one) => known(one) ?? [])) time.end("any", seconds);
  for (const [i, job] of jobs.entries()) {
    const { seed, variant, label } = job;
    const reportRun = (event: Omit<RunEvent, "event" | "label" | "seed" | "number" | "of" | "run">): void =>
      onEvent?.({ event: "run", label, seed, number: i + 1, of: jobs.length, run: folder.path, ...event });
    const before = known(job);
    if (!before) reportRun({ state: "started", ...time.estimate() });
    try {
      stopIf(listener.signal);
      const done = before ?? (await trainOnce(ofSeed(seed), opened, variant, request));
      if (!before) {
        await folder.update({ done: [...folder.manifest.done, done] });
        time.end("any", done.seconds);
      }
      const right = [...done.right].filter((c) => c === "1").length;
      reportRun({
        state: before ? "kept" : "done",
        validation_accuracy: right / done.right.length,
        seconds: done.seconds,
        ...(before ? {} : time.estimate()),
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

function resultOf(
  { path, manifest }: DiagnosisFolder,
  { planned, opened, groups, variants }: OpenedDiagnosis,
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
        return Array.from(doneIn(manifest, variant, seed)!.right, (c) => c === "1");
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
