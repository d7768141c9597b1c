import { EngraftError } from "../../core/errors.js";
import { type Message, message, reasonFields } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { defaultTask } from "../../core/results/task.js";
import type { Dataset } from "../../data/index.js";
import { pictureAugmentation } from "../../options/augment-options.js";
import { checkOptions } from "../../options/check-options.js";
import { refuseDecided } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { optionsOfSolved } from "../../options/refuse-unusable.js";
import { forecastFacts } from "../../run/forecast/forecast.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { splitCounts } from "../../run/setup.js";
import { requireEnough } from "../../tasks/classes/choose/planned-data.js";
import { Planning } from "../../tasks/classes/choose/planning.js";
import { availableBases } from "../rank/rank.js";
import { type Candidate, candidatesOf } from "./candidates.js";
import { openPlannedData } from "./open-planned-data.js";
import type { PlanOptions, PlanResult } from "./result.js";

/**
 * Plans a training: base, strategy, cut, epochs, learning rate and augmentation, with reasons and a forecast.
 *
 * Each base makes one pass over at most 1000 training items; the features are cached as in `train`. Then rules choose, each with
 * a reason. If rules cannot decide, trials of a tenth of a training on the validation split do. The test split is not used, and
 * no trained weights are saved.
 * @throws EngraftError for data of another task, too few items, no usable base, or a budget that is too small
 * @example
 * const planned = await plan("./flowers", { budget: 600 });
 * console.log(planned.strategy.name, planned.strategy.reasons, planned.forecast.seconds);
 * const run = await train("./flowers", planned.options);
 */
export async function plan(data: string | Dataset, options: PlanOptions = {}): Promise<PlanResult> {
  return planOn(await openMachine(), data, options);
}

/** Runs {@link plan} on a given machine. */
export async function planOn(
  machine: Machine,
  data: string | Dataset,
  options: PlanOptions,
): Promise<PlanResult> {
  const { bases: named, trials: allowTrials = true, ...trainOptions } = options;
  checkOptions({ ...trainOptions });
  refuseDecided("plan", trainOptions);
  const begin = performance.now();
  const { platform } = machine;
  const { onEvent = () => undefined } = options;
  const openedData = await openPlannedData(machine, data, options, onEvent);
  requireEnough(openedData);
  const bases = [
    ...new Set(
      named ??
        (trainOptions.base === undefined
          ? await availableBases(platform, openedData.learns)
          : [trainOptions.base]),
    ),
  ];
  if (bases.length === 0)
    throw new EngraftError("OptionError", "there is no base to plan with", {
      help: "name some: --bases vision-open,model.onnx,hf:org/name; `engraft bases` lists those that have a name",
    });
  const runtime = await machine.openRuntime(options);
  try {
    const { candidates, failed } = await candidatesOf(openedData, bases, runtime, platform, options, onEvent);
    const [best] = candidates as [Candidate, ...Candidate[]];
    const planning = new Planning(machine, runtime, openedData, best, trainOptions, onEvent);
    const { choice, planned, expected, trials, request } = await planning.choose(allowTrials);
    await planned.trained?.fit.dispose();
    const path = platform.files.resolve(typeof data === "string" ? data : data.root);
    const fitted = planned.trained?.plan;
    const rate = fitted ? Math.max(...fitted.groups.map((group) => group.rate)) : null;
    const { task: _requested, ...requested } = request;
    const decided: TrainOptions = {
      ...(fitted ? requested : optionsOfSolved(choice.name, requested)),
      base: best.base,
      strategy: choice.name,
      reasons: [...baseReasons(candidates), ...choice.reasons],
      ...(fitted && {
        ...(request.budget === undefined && { epochs: fitted.epochs }),
        batchSize: fitted.batch,
        lr: request.lr ?? rate!,
      }),
      ...(fitted && openedData.unit === "pictures" && { augment: request.augment ?? defaults.augment }),
      ...(openedData.learns !== defaultTask && { task: openedData.learns }),
    };
    const { onEvent: _e, signal: _s, threads: _t, ...printed } = decided;
    const { base, body } = best.opened;
    return {
      event: "result",
      task: "plan",
      learns: openedData.learns,
      data: {
        path,
        fingerprint: openedData.dataset.fingerprint,
        classes: openedData.dataset.classes,
        split: splitCounts(openedData.dataset),
      },
      base: baseFacts(base),
      strategy: { name: choice.name, ...reasonFields(decided.reasons!) },
      cut: `${body.cut.value}: ${body.cut.because}`,
      epochs: fitted?.epochs ?? 0,
      batch: fitted?.batch ?? 0,
      rate,
      augmentation: fitted && openedData.unit === "pictures" ? pictureAugmentation(request) : null,
      options: printed,
      command: commandOf(machine, path, printed),
      forecast: { ...forecastFacts(expected), words: expected.words },
      bases: candidates.map(({ opened: _o, inputs: _i, n: _n, opening: _p, ...one }) => one),
      failed: failed.map(({ base: ref, error }) => ({ base: ref, message: error.message })),
      trials,
      seconds: (performance.now() - begin) / 1000,
    };
  } finally {
    await runtime.close();
  }
}

/** Returns the command without --out, so that it takes the next free folder. */
function commandOf(machine: Machine, path: string, options: TrainOptions): string {
  return machine.command(path, options, "").replace(/ --out ""$/, "");
}

/** Returns the reasons for the base; none with a single candidate. */
function baseReasons(candidates: readonly Candidate[]): Message[] {
  const [first, second] = candidates;
  if (!first || !second) return [];
  return [
    message("best-base", {
      base: first.name,
      place: first.mean_rank,
      bases: candidates.length,
      probe: first.probe,
      samples: first.n,
      next: second.name,
      next_place: second.mean_rank,
      next_probe: second.probe,
    }),
  ];
}
