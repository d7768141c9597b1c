import { EngraftError } from "../../core/errors.js";
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
import { executeTrainings, type FinishedTraining } from "../execute-trainings.js";
import type { Listener } from "../many-runs.js";
import type { DiagnosisFolder } from "./diagnosis-folder.js";
import {
  type DiagnosisTraining,
  readTraining,
  saveTraining,
  trainingsOfDiagnosis,
} from "./diagnosis-trainings.js";
import { diagnosisPlan, diagnosisRecipe } from "./fresh-layers.js";
import {
  contextOf,
  diagnosisFacts,
  type OpenedDiagnosis,
  openDiagnosis,
  requestOf,
  trainingLength,
  trainOnce,
} from "./open-diagnosis.js";

/** Most epochs of a brief training. */
const mostEpochs = 10;

/**
 * Executes or resumes a diagnosis: all trainings of the first seed, then those of the second. Each one is saved.
 * @param data its path on this machine
 */
export async function executeDiagnosis(
  machine: TaskMachine,
  folder: DiagnosisFolder,
  listener: Listener,
  data?: string,
): Promise<DiagnosisResult> {
  const begin = performance.now();
  const { source: from, margin, threads } = folder.manifest;
  return withOpenDiagnosis(
    machine,
    folder,
    listener,
    data,
    async ({ opened, ofSeed, request, trainings, read }) => {
      await folder.update({ status: "running" });
      const done: Finished[] = [];
      const train = async ({ seed, variant, run }: DiagnosisTraining): Promise<void> => {
        const trained = await trainOnce(ofSeed(seed), opened, variant, request);
        await saveTraining(machine.platform, folder, { run, threads }, trained);
      };
      // All take about as long.
      const how = { machine, folder, trainings, read, train, kindOf: () => "any" };
      for await (const { finished, error } of executeTrainings(how, listener)) {
        if (error) throw error;
        done.push(finished);
      }
      const { diagnoseSource } = await import("./source-classes.js");
      const source = from === undefined ? undefined : await diagnoseSource(from, ofSeed(), margin);
      const plan = diagnosisPlan(opened.blank, request, opened.groups, opened.variants[0]!);
      const recipe = recipeFields(diagnosisRecipe(plan));
      const seconds = (performance.now() - begin) / 1000;
      const result = resultOf(folder, opened, done, { ...recipe, ...(source && { source }), seconds });
      await folder.update({ status: "done", result });
      const render = async () => (await import("../../report/studies/study-sheets.js")).studyPage(result);
      await keepReport(machine, folder, render, listener.onEvent);
      return result;
    },
  );
}

/** A finished training, with its right validation items. */
type Finished = FinishedTraining & NonNullable<Awaited<ReturnType<typeof readTraining>>>;

/** A diagnosis whose data and base are open, and whose trainings are decided. */
interface Decided {
  readonly opened: OpenedDiagnosis;
  readonly ofSeed: (seed?: number) => OfClasses<Unrecorded>;
  readonly request: PlanRequest;
  readonly trainings: readonly DiagnosisTraining[];
  readonly read: (training: DiagnosisTraining) => Promise<Finished | undefined>;
}

/** Opens and measures a diagnosis, so that all its trainings are decided. */
export async function withOpenDiagnosis<T>(
  machine: TaskMachine,
  folder: DiagnosisFolder,
  listener: Listener,
  data = folder.manifest.data,
  work: (its: Decided) => Promise<T>,
): Promise<T> {
  const { threads, options } = folder.manifest;
  const runtime = await machine.openRuntime({ threads, device: options.device });
  try {
    const opened = await openDiagnosis(machine, folder, listener, data);
    const ofSeed = (seed?: number) => contextOf(machine, folder, opened, runtime, listener, seed);
    await folder.update({ data, ...diagnosisFacts(opened) });
    const held = itemsOf(ofSeed(), "validation").length;
    const read = async ({ run }: DiagnosisTraining): Promise<Finished | undefined> => {
      const saved = await readTraining(machine.platform, run);
      if (saved?.right.length !== held) return undefined;
      const right = [...saved.right].filter((c) => c === "1").length;
      return { ...saved, facts: { validation_accuracy: right / held, seconds: saved.seconds } };
    };
    const trainings = trainingsOfDiagnosis(folder);
    const done = await Promise.all(trainings.map(read));
    const left = done.filter((one) => one === undefined).length;
    const request = await decide(folder, opened, ofSeed(), left, listener);
    return await work({ opened, ofSeed, request, trainings, read });
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
 * @param left trainings without a result
 * @throws OptionError for a budget that is too short for one epoch of each training
 */
async function decide(
  folder: DiagnosisFolder,
  { blank, groups, variants, planned }: OpenedDiagnosis,
  context: OfClasses<Unrecorded>,
  left: number,
  { onEvent }: Listener,
): Promise<PlanRequest> {
  const { manifest } = folder;
  const request = requestOf(context);
  const { batch, epochs: defaultEpochs } = trainingLength(request, manifest.options);
  const trainings = variants.length * manifest.seeds.length;
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
  onEvent?.({
    event: "forecast",
    seconds,
    ...range,
    peak_rss_mb: context.machine.platform.peakMemoryMb(),
    words: `${left} trainings of ${epochs} epoch${epochs === 1 ? "" : "s"} on ${request.examples} ${unit}: ${rangeWords(range)}`,
  });
  return { ...request, epochs, batch };
}

function resultOf(
  { path, manifest }: DiagnosisFolder,
  { planned, opened, groups, variants }: OpenedDiagnosis,
  done: readonly Finished[],
  { seconds, ...found }: Recipe & Pick<DiagnosisResult, "source" | "seconds">,
): DiagnosisResult {
  const { dataset, unit } = planned;
  const { base } = opened;
  const part = (name: "train" | "validation"): number =>
    dataset.items.filter((item) => item.part === name).length;
  const answers = variants.map(
    (variant): VariantAnswers => ({
      ...variant,
      correct: done
        .filter(({ side, groups }) => side === variant.side && groups === variant.groups)
        .map(({ right }) => Array.from(right, (c) => c === "1")),
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
    runs: done.map(({ side, groups, seed, seconds, machine }) => ({ side, groups, seed, seconds, machine })),
    ...found,
    ...diagnoseLayers(answers, named, manifest.margin, groupsOfItems(held)),
    seconds,
    forecast: { seconds: manifest.forecast ?? 0 },
  };
  const note_codes = diagnosisNotes(result);
  return { ...result, notes: diagnosisNoteWords(note_codes, result), note_codes };
}
