import { headValues } from "../../bases/heads.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import { message, warningText } from "../../core/messages/message.js";
import type { ModelScores } from "../../core/messages/strategy-en.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { keepsBest, withoutTraining } from "../../options/is-planned.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../context.js";
import type { RivalHead, RunModel, RunResult, Solved, TrainableTask } from "../trainable-task.js";
import type { TrainedTask } from "../trained-task.js";
import { countParameters } from "../training/count-parameters.js";
import { headOf, itemsOf } from "../training/planned.js";
import { leadOf, standardErrorOf, validationDifference } from "./safe.js";

/**
 * Compares a run's model with the other head that it solved, on the validation samples.
 *
 * If the run keeps the best of its models, returns the better one. A difference within one standard error goes to the simpler
 * one: to the solved head if the run trained weights, else to the run's own. If the user asked for the strategy, the run's
 * model stays, and a warning names the other one if it is better.
 */
export async function withBestHead<Answers, Head extends Solved<Answers>, Facts, Result extends RunResult>(
  task: TrainableTask<Answers, Head, Facts, Result>,
  trained: TrainedTask<Head>,
  own: RunModel<Answers, Head, Facts>,
): Promise<TrainedTask<Head>> {
  const { context, planned, solved, fitted } = trained;
  const { rival } = solved;
  const held = itemsOf(context, "validation");
  if (!rival || !task.scoredOnValidation || held.length === 0) return trained;
  const difference = validationDifference(
    task.scoredOnValidation(own.answers),
    task.scoredOnValidation(rival.answers),
    groupsOfItems(held),
  );
  const lead = leadOf(difference);
  const { name, reasons } = planned.strategy;
  const error = standardErrorOf(difference);
  const scores = {
    ...{ own: name, own_score: own.validation.score, samples: held.length, metric: task.score },
    ...{ other: rival.strategy, other_score: rival.validation.score },
    ...(error !== undefined && { error }),
  };
  if (!keepsBest(context.options)) {
    if (lead < 0) warnOfBetter(context, scores, { strategy: rival.strategy });
    return trained;
  }
  const stays = lead > 0 || (lead === 0 && !fitted);
  const because = message("kept-by-validation", {
    ...scores,
    kept: stays ? name : rival.strategy,
    ...(lead === 0 && { simpler: true }),
  });
  const strategy = { name: stays ? name : rival.strategy, reasons: [...reasons, because] };
  const kept = { ...trained, planned: { ...planned, strategy } };
  return stays ? kept : withRival(kept, rival);
}

/** Returns the run as if it had solved the other head only. Trainings from scratch keep the run's own network and inputs. */
function withRival<Answers, Head extends Solved<Answers>>(
  { fitted: _training, files: _adapter, solved, ...trained }: TrainedTask<Head>,
  { context: its, head, answers, validation, recipe }: RivalHead<Answers>,
): TrainedTask<Head> {
  const { opened, inputs, options } = trained.context;
  const { rival: _used, ...start } = solved;
  const stored = storedAs(head, options.weights ?? defaults.weights, opened.base.imported.storedAs);
  const model = roundedAs(head, stored);
  const linear = headOf(its).outputs * (opened.body.width + 1);
  const parameters = [headValues.weight, headValues.bias].reduce(
    (sum, value) => sum + head.initializers.get(value)!.data.length,
    0,
  );
  return {
    ...trained,
    context: { ...its, scratch: its.scratch ?? { opened, ...(inputs && { inputs }) } },
    solved: { ...start, head, answers, validation, recipe } as unknown as Head,
    ...{ probed: head, stored, model, changed: model !== head },
    trainable: { parameters, total: countParameters(trained.planned.blank) - linear + parameters },
  };
}

/** Warns that the model from scratch is better on validation than that of the requested strategy. */
export function warnOfScratch(context: Context, { validation, difference, metric }: SafeChoice): void {
  const error = difference && standardErrorOf(difference);
  const { strategy = defaults.strategy } = context.options;
  warnOfBetter(
    context,
    {
      ...{ own: strategy, own_score: validation.transfer, other: "from scratch" },
      ...{ other_score: validation.scratch, samples: difference!.n, metric: metric ?? "accuracy" },
      ...(error !== undefined && { error }),
    },
    { safe: true },
  );
}

/** Warns that another model is better on validation than the requested one, with the command that gets it. */
function warnOfBetter(
  { run, machine, onEvent }: Context,
  scores: ModelScores,
  change: Pick<TrainOptions, "strategy" | "safe">,
): void {
  const { data, options } = run.manifest;
  const same = change.strategy === undefined ? options : withoutTraining(options);
  const command = machine.command(data, { ...same, ...change }, `${run.path}-${change.strategy ?? "safe"}`);
  onEvent({
    event: "warning",
    ...warningText("better_model", message("better-model", { ...scores, command })),
  });
}
