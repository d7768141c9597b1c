import { readPartsOfBase, wasLearnt } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent, TrainResultEvent } from "../../core/events/events.js";
import type { DistillationResult } from "../../core/events/run-outcome.js";
import { inEnglish, type Message, message, warningText } from "../../core/messages/message.js";
import { modalityOf } from "../../core/modalities.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { type BaseClassification, defaultTask } from "../../core/results/task.js";
import { arePictures, type ClassSample } from "../../data/index.js";
import { factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { extract } from "../../graph/surgery/index.js";
import { type Distillation, distillationOf, withTeacher } from "../../methods/distillation/distillation.js";
import { distillMethods } from "../../methods/distillation/settings.js";
import { pictureAugmentation } from "../../options/augment-options.js";
import { type DistillOptions, defaults, type TrainOptions } from "../../options/options.js";
import type { Context, Regime } from "../../run/context.js";
import { requireSameModel } from "../../run/folder/require-same.js";
import { fedBy } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { predictWith } from "../../run/training/feeds.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf } from "../../run/training/planned.js";
import { type ClassRunModel, classesTask } from "../../tasks/classes/classes-task.js";
import { detailedScores } from "../../tasks/classes/detailed-scores.js";
import { type ClassUnit, unitOfClasses } from "../../tasks/inputs/open-class-data.js";
import { openInputs } from "../../tasks/inputs/open-inputs.js";
import { checkDistill } from "./check-distill.js";
import { type OpenedTeacher, openTeacher } from "./open-teacher.js";
import { teacherGuesses } from "./teacher-guesses.js";
import { type TeacherRows, teacherRows } from "./teacher-rows.js";
import { type Student, studentTrainings, withoutTeacher } from "./without-teacher.js";

/** Trains a student on labels and on the outputs of a teacher. Its baseline is the same student without the teacher. */
export async function distill(
  given: Context,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TrainResultEvent> {
  const { run, machine, dataset } = given;
  const requested = given.options as TrainOptions & DistillOptions;
  const { methods, values, rest } = checkDistill(requested);
  const compared = methods.some((name) => "scores" in distillMethods[name]);
  const openOther = arePictures(given.inputs) ? undefined : otherBases(given, methods);
  const teacher = await openTeacher(requested.teacher, dataset.classes, {
    platform: machine.platform,
    compared,
    data: run.manifest.data,
    ...(openOther && { openOther }),
  });
  await requireSameModel(run, "teacher_sha256", teacher.base);
  await run.settle();
  const options = {
    ...requested,
    option: rest,
    baselines: requested.comparison ?? true,
  };
  const context: Context = { ...given, options };
  const regime = teacherRegime(context, teacher, { methods, values });
  try {
    const unit = unitOfRun(run);
    const task = studentTask(regime, teacher, { unit, methods, seed: requested.seed ?? defaults.seed });
    return await trainTask({ ...context, besides: { ...context.besides, regime } }, task, begin, events);
  } finally {
    await regime.close();
  }
}

/** Returns the name of the samples of a run. */
const unitOfRun = ({ manifest: { options } }: Context["run"]): ClassUnit =>
  unitOfClasses((options.task ?? defaultTask) as BaseClassification);

/** Returns how teachers of other samples than pictures are opened. @throws OptionError for methods that compare features */
function otherBases({ run, machine, dataset }: Context, methods: readonly string[]) {
  const unit = unitOfRun(run);
  const other = methods.find((name) => name !== "soft");
  if (other !== undefined)
    throw new EngraftError(
      "OptionError",
      `method ${other} compares features of pictures, and these are ${unit}`,
      {
        help: "leave --method out, or use soft",
        details: { option: "method", value: other },
      },
    );
  const how = { platform: machine.platform, onEvent: () => undefined, run: run.path };
  return (base: string, cut: string | undefined) =>
    openInputs(modalityOf(unit), dataset, { base, ...(cut !== undefined && { cut }) }, how);
}

/** Returns the task of classification with a teacher. */
function studentTask(
  regime: TeacherRegime,
  teacher: OpenedTeacher,
  {
    unit,
    methods,
    seed,
  }: { readonly unit: ClassUnit; readonly methods: readonly string[]; readonly seed: number },
): ReturnType<typeof classesTask> {
  // Without the warning about transfer: the verdict of this run is about the teacher.
  const { beforeTraining: _, ...classes } = classesTask(unit);
  return {
    ...classes,
    comparison: withoutTeacher(regime.student),
    extraTrainings: ({ options }, { trained }) => studentTrainings(options, regime.student(), trained!.plan),
    async result(common, own: ClassRunModel) {
      const { seconds, ...learnt } = regime.facts();
      const test = await scoresOfTeacher(own.context, unit, teacher);
      return {
        ...(await classes.result(common, own)),
        distillation: {
          teacher: { ...baseFacts(teacher.base), name: teacher.name },
          methods,
          ...learnt,
          ...(test && { test }),
          seconds,
          seeds: [],
        },
      };
    },
    async baselines(own, compared) {
      const { baselines, validation } = await classes.baselines(own, compared);
      const { scratch, ...others } = baselines;
      const test = detailedScores(own.context.dataset.classes, compared!.answers.test);
      return { baselines: { ...others, without_teacher: { ...scratch!, test } }, validation };
    },
    complete: (result) => withSeeds(result, seed),
  };
}

/** Moves the scores of each seed into the field `distillation`. */
function withSeeds({ by_seed, ...result }: TrainResultEvent, seed: number): TrainResultEvent {
  const { test, baselines, distillation } = result;
  const without = baselines?.without_teacher?.test.accuracy;
  const one = { accuracy: test.accuracy, ...(without !== undefined && { without_teacher: without }) };
  const seeds = by_seed?.runs ?? [{ seed, ...one }];
  return { ...result, distillation: { ...distillation!, seeds } };
}

/**
 * Returns the test samples that the teacher was not trained or chosen on, and warns of the others. If its training samples are not known,
 * all are returned.
 */
async function unseenByTeacher(
  context: OfClasses,
  unit: ClassUnit,
  { place, name }: OpenedTeacher,
): Promise<readonly ClassSample[]> {
  const { machine, onEvent } = context;
  const items = itemsOf(context, "test");
  const warn = (about: Message): void =>
    onEvent({ event: "warning", ...warningText("teacher_samples", about) });
  const all = { samples: items.length, unit: unit.slice(0, -1), teacher: name };
  const parts = await readPartsOfBase(machine.platform, place);
  const known = parts?.known;
  if (known === undefined) {
    if (parts) warn(message("teacher-samples-unknown", all));
    return items;
  }
  const unseen = items.filter((item) => !wasLearnt(known, item));
  if (unseen.length < items.length) warn(message("teacher-learnt-test", { ...all, unseen: unseen.length }));
  return unseen;
}

/** Returns the scores of the teacher itself on the test split. Undefined if its classes differ, or if it has learnt from the whole split. */
async function scoresOfTeacher(context: OfClasses, unit: ClassUnit, teacher: OpenedTeacher) {
  const { base, body, scores, order, inputs } = teacher;
  const { machine, dataset, options } = context;
  if (scores === undefined || order === undefined) return undefined;
  const items = await unseenByTeacher(context, unit, teacher);
  if (items.length === 0) return undefined;
  const graph = fedBy({ base }, extract(body.graph, [scores]));
  const source = { items, inputs: await inputs() };
  const count = order.length;
  const logits = await predictWith(machine.runtime, graph, source, count, options.signal);
  const sorted = Float32Array.from(logits, (_, i) => logits[i - (i % count) + order[i % count]!]!);
  const scored = scoresOf(dataset.classes, { logits: sorted, ...factsOf(items) });
  const guesses = teacherGuesses(scored, itemsOf(context, "train"), items);
  if (guesses) {
    const facts = { samples: items.length, unit: unit.slice(0, -1), teacher: teacher.name, ...guesses };
    context.onEvent({
      event: "warning",
      ...warningText("teacher_guesses", message("teacher-guesses", facts)),
    });
  }
  return scored;
}

/** The regime of a student that learns from labels and from a teacher. */
interface TeacherRegime extends Regime {
  /** The same student before the teacher joined it. */
  readonly student: () => Student;
  /** Facts for the result: the methods, and how the teacher's outputs were computed. */
  readonly facts: () => Pick<DistillationResult, "words" | "answers" | "messages" | "seconds">;
  readonly close: () => Promise<void>;
}

/** A student after the teacher has joined it. */
interface Joined extends Student {
  readonly distillation: Distillation;
  readonly answers: TeacherRows;
}

/** Returns the regime in which a student learns from labels and from a teacher. */
function teacherRegime(
  context: Context,
  teacher: OpenedTeacher,
  { methods, values }: Pick<ReturnType<typeof checkDistill>, "methods" | "values">,
): TeacherRegime {
  const { options, dataset } = context;
  const { seed = defaults.seed } = options;
  let joined: Joined | undefined;
  const known = (): Joined => {
    if (!joined) throw new EngraftError("InternalError", "the teacher has not joined the student yet");
    return joined;
  };
  return {
    stage: "distill",
    async join(model, planner, request) {
      const how = { seed, classes: dataset.classes.length };
      const distillation = distillationOf(model, teacher, methods, values, how);
      const plan = planner(model, request);
      const answers = await teacherRows({
        context,
        ...(!arePictures(context.inputs) && { unit: unitOfRun(context.run) }),
        teacher,
        distillation,
        epochs: plan.epochs,
        train: itemsOf(context, "train"),
        // The teacher of other samples predicts them unchanged.
        augmentation: arePictures(context.inputs) ? pictureAugmentation(options) : "none",
      });
      joined = { model, plan, distillation, answers };
      return {
        model: distillation.student,
        planner: (_, request) => withTeacher(planner(model, request), distillation, request),
        reason: message("learns-from-teacher", { teacher: teacher.name }),
      };
    },
    rowsOf: (of) => known().answers.rowsOf(of),
    // If the student is also trained without the teacher, half of the forecast steps run no teacher.
    secondsPerStep: () => (options.baselines ? 0.5 : 1) * known().answers.perBatch(),
    student: known,
    facts: () => {
      const { distillation, answers } = known();
      return {
        words: inEnglish(distillation.recipe),
        answers: inEnglish([answers.how]),
        messages: [...distillation.recipe, answers.how],
        seconds: answers.seconds,
      };
    },
    close: async () => joined?.answers.close(),
  };
}
