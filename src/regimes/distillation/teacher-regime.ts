import { EngraftError } from "../../core/errors.js";
import type { DistillationResult } from "../../core/events/run-outcome.js";
import { inEnglish, message } from "../../core/messages/message.js";
import { type Distillation, distillationOf, withTeacher } from "../../methods/distillation/distillation.js";
import { pictureAugmentation } from "../../options/augment-options.js";
import { defaults } from "../../options/options.js";
import type { Context, Regime } from "../../run/context.js";
import { itemsOf } from "../../run/training/planned.js";
import type { checkDistill } from "./check-distill.js";
import type { OpenedTeacher } from "./open-teacher.js";
import { type TeacherRows, teacherRows } from "./teacher-rows.js";
import type { Student } from "./without-teacher.js";

/** The regime of a student that learns from labels and from a teacher. */
export interface TeacherRegime extends Regime {
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
export function teacherRegime(
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
        teacher,
        distillation,
        epochs: plan.epochs,
        train: itemsOf(context, "train"),
        augmentation: pictureAugmentation(options),
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
