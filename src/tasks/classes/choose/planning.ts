import { formatEstimate } from "../../../core/duration.js";
import type { OnWork } from "../../../core/events/work-events.js";
import { message } from "../../../core/messages/message.js";
import { arePictures, areSounds, areTexts, type SampleInputs } from "../../../data/index.js";
import { groupsOfItems } from "../../../data/split/groups.js";
import type { Graph } from "../../../graph/graph.js";
import { parametersOf } from "../../../graph/surgery/index.js";
import { type Choice, chooseByRules, chooseByTrials, type Known, triedOf } from "../../../methods/choose.js";
import { usual } from "../../../methods/recipe.js";
import { isSolved } from "../../../methods/registry.js";
import { defaults, type RecipeOptions } from "../../../options/options.js";
import type { Unrecorded } from "../../../run/context.js";
import { extraTrainingsOf } from "../../../run/forecast/extra-trainings.js";
import { type Expected, measure } from "../../../run/forecast/measure.js";
import type { OpenedMachine } from "../../../run/machine.js";
import { type OpenedBase, openTrunk } from "../../../run/setup.js";
import { withinBudget } from "../../../run/training/budget.js";
import { classesHead, countsOf, type OfClasses } from "../../../run/training/head-of-classes.js";
import { type Planned, planRun } from "../../../run/training/planned.js";
import { lowering } from "../../../train/epochs/lower-rate.js";
import { balancedOrder } from "./balanced-order.js";
import { mostItems, type PlannedData, partOfData } from "./planned-data.js";
import { trialEpochs } from "./trial-epochs.js";
import type { Trial } from "./trials.js";

/** Loaded strategy with its forecast. */
interface Loaded {
  readonly planned: Planned;
  readonly whole: Expected;
}

/** Largest share of a budget for trials. */
const mostOfBudget = 0.2;

/** The base that a plan is for. */
export interface PlannedBase {
  readonly opened: OpenedBase;
  readonly inputs: SampleInputs;
  /** Accuracy of a cross-validated probe on training items. */
  readonly probe: number;
  /** Training items that the probe was fitted on. */
  readonly n: number;
}

/** Choice of a strategy, with `rate` if it differs from the strategy's default. */
export type Decision = Choice & { readonly rate?: number };

/** Chooses a strategy for a base, and plans its training. */
export class Planning {
  /** Learning rate by the size of an image network; undefined if the user or another rule sets the rate. */
  private readonly rate: PictureRate | undefined;

  constructor(
    private readonly machine: OpenedMachine,
    private readonly data: Pick<PlannedData, "unit" | "dataset">,
    private readonly best: PlannedBase,
    private readonly request: RecipeOptions,
    private readonly onEvent: OnWork,
  ) {
    const { lr, optimizer = "adamw" } = request;
    const hasRate = arePictures(best.inputs) || areSounds(best.inputs);
    if (hasRate && lr === undefined && optimizer.startsWith("adam"))
      this.rate = pictureRate(best.opened.body.graph);
  }

  /** Returns the choice and, if the choice needed it, the loaded strategy. */
  async decide() {
    const { choice, ...rest } = await this.decideStrategy();
    return { ...rest, choice: this.withRate(choice) };
  }

  private withRate(choice: Decision): Decision {
    const { rate: found } = this;
    if (!found || isSolved(choice.name)) return choice;
    const { rate } = found;
    const millions = Number(found.millions.toPrecision(2));
    return {
      ...choice,
      rate,
      reasons: [
        ...choice.reasons,
        rate > usual.rate
          ? message("rate-for-small-base", {
              rate,
              usual: usual.rate,
              usual_millions: recipeWeights / 1e6,
              millions,
            })
          : message("usual-rate", { rate, millions }),
      ],
    };
  }

  private async decideStrategy(): Promise<{
    readonly choice: Decision;
    readonly trials: readonly Trial[];
    readonly loaded?: Loaded;
  }> {
    const { dataset, unit } = this.data;
    const counts = countsOf(dataset);
    const held = partOfData(dataset, "validation");
    const groups = groupsOfItems(held);
    const known: Known = {
      unit,
      examples: partOfData(dataset, "train").length,
      fewest: counts.reduce((a, b) => (b.count < a.count ? b : a)),
      classes: counts.length,
      validation: held.length,
      validationGroups: groups && new Set(groups).size,
      probe: { accuracy: this.best.probe, n: this.best.n },
    };
    let choice = chooseByRules(known);
    let loaded = await this.load(choice).catch(async (error: unknown) => {
      const { isRefusal } = await import("../../../run/training/refusal.js");
      if (isSolved(choice.name) || !isRefusal(error)) throw error;
      const { cause } = error;
      choice = chooseByRules({ ...known, refusal: cause instanceof Error ? cause.message : error.message });
      return this.load(choice);
    });
    const budget = this.budgetOf(loaded);
    if (budget) {
      const within = chooseByRules({ ...known, budget });
      if (within.name !== choice.name) {
        await loaded.planned.trained?.fit.dispose();
        choice = within;
        loaded = await this.load(choice);
      }
    }
    if (!choice.trials) return { choice, trials: [], loaded };
    const few = this.small();
    const seconds = secondsToTry(loaded, few, unit);
    if (this.request.budget !== undefined && seconds > mostOfBudget * this.request.budget)
      return { choice: withoutTrials(choice, seconds), trials: [], loaded };
    const { halving } = await import("./trials.js");
    await loaded.planned.trained?.fit.dispose();
    const trials = await halving(await this.context("finetune", few), triedOf(unit));
    const validation = partOfData(few, "validation").length;
    return {
      choice: withRateOfTrial(chooseByTrials(choice, trials, { unit, validation }), trials, unit),
      trials,
    };
  }

  /** Returns the context of a run without its folder. */
  private async context(
    strategy: Choice["name"],
    dataset = this.data.dataset,
  ): Promise<OfClasses<Unrecorded>> {
    const { opened, inputs } = this.best;
    const ofStrategy = isSolved(strategy) ? withoutLoop(this.request) : this.request;
    const ofTexts = areTexts(inputs) && (await import("../../texts/text-defaults.js")).textDefaults;
    const rate = isSolved(strategy) ? undefined : this.rate?.rate;
    return {
      options: { ...ofStrategy, strategy },
      machine: this.machine,
      dataset,
      opened,
      inputs,
      training: {
        head: classesHead(dataset),
        defaults: (runOptions) =>
          ofTexts ? ofTexts(runOptions, opened.body) : rate === undefined ? {} : { rate },
      },
      onEvent: this.onEvent,
    };
  }

  /** Loads the strategy and forecasts it. */
  private async load({ name }: Choice): Promise<Loaded> {
    const begin = performance.now();
    const context = await this.context(name);
    const planned = await planRun(context);
    const preparing = (performance.now() - begin) / 1000;
    const { budget: _none, ...unlimited } = context.options;
    const trunk = await openTrunk(
      context.opened,
      this.machine.runtime,
      context.machine.platform,
      context.options,
      context.inputs,
    );
    const whole = await measure(
      { ...context, options: unlimited },
      {
        begin,
        preparing,
        trunk,
        fit: planned.trained?.fit,
        plan: planned.trained?.plan,
        solved: planned.blank,
        train: partOfData(this.data.dataset, "train"),
        validation: partOfData(this.data.dataset, "validation").length,
        test: partOfData(this.data.dataset, "test").length,
        extra: [extraTrainingsOf([])],
        scoredBesides: 0,
      },
    );
    await trunk.close();
    return { planned, whole };
  }

  /** Returns the budget of the training, or undefined without one. */
  private budgetOf({ planned, whole }: Loaded): Known["budget"] {
    const { budget } = this.request;
    const fitted = planned.trained?.plan;
    if (budget === undefined || !fitted) return undefined;
    const { dataset } = this.data;
    const examples = partOfData(dataset, "train").length;
    const stepsPerEpoch = Math.max(1, Math.ceil(examples / fitted.batch));
    const training = fitted.epochs * stepsPerEpoch * whole.secondsPerStep;
    const scoring = (fitted.epochs + 2) * partOfData(dataset, "validation").length * whole.secondsPerScored;
    // Time that remains after everything except training and validations.
    const left = budget - Math.max(0, whole.event.seconds - training - scoring);
    const { steps } = withinBudget(
      fitted,
      {},
      {
        left,
        tail: 0,
        trainings: 1,
        examples,
        secondsPerStep: whole.secondsPerStep,
        secondsPerValidation: partOfData(dataset, "validation").length * whole.secondsPerScored,
      },
    );
    return { seconds: budget, steps: left > 0 ? steps : 0, stepsPerEpoch };
  }

  /** Returns the data of trials: the items of the plan, without the test split. */
  private small(): PlannedData["dataset"] {
    const { dataset } = this.data;
    const seed = this.request.seed ?? defaults.seed;
    const items = (["train", "validation"] as const).flatMap((part) =>
      balancedOrder(partOfData(dataset, part), mostItems, seed),
    );
    return { ...dataset, items };
  }
}

/** Returns the most seconds of trials on these items. The only trial of a text encoder may begin again. */
function secondsToTry({ planned, whole }: Loaded, few: PlannedData["dataset"], unit: Known["unit"]): number {
  const plan = planned.trained?.plan;
  if (!plan) return 0;
  const epochs = trialEpochs(plan.epochs);
  const steps = epochs * Math.ceil(partOfData(few, "train").length / plan.batch);
  const scored = (epochs + 1) * partOfData(few, "validation").length;
  const { length } = triedOf(unit);
  const times = length > 1 ? length : 1 + lowering.mostTimes;
  return times * (steps * whole.secondsPerStep + scored * whole.secondsPerScored);
}

/** Returns the choice with the rate of its trial, if that was lowered: the training uses what was tried. */
export function withRateOfTrial(choice: Choice, trials: readonly Trial[], unit: Known["unit"]): Decision {
  const rate = trials.findLast(({ strategy }) => strategy === choice.name)?.rate;
  if (rate === undefined) return choice;
  const { peak, usual } = rate;
  const reason = message("rate-of-trials", { rate: peak, usual, unit });
  return { ...choice, rate: peak, reasons: [...choice.reasons, reason] };
}

/** Returns the choice by rules if trials would take too long. */
const withoutTrials = (choice: Choice, seconds: number): Choice => ({
  name: choice.name,
  reasons: [
    ...choice.reasons,
    message("trials-too-long", { time: formatEstimate(seconds), share: mostOfBudget }),
  ],
});

/** Returns options without those of the training loop: a probe is solved without one. */
export function withoutLoop(options: RecipeOptions): RecipeOptions {
  const {
    lr: _l,
    accumulate: _a,
    sam: _s,
    average: _v,
    sampling: _p,
    option: _o,
    budget: _b,
    ...rest
  } = options;
  return rest;
}

/** Weights of a ResNet-34 without its head: fastai's recipe was found on such networks. */
const recipeWeights = 21.3e6;
/** Largest factor of the rate, for the smallest networks. Higher rates destroy features of similar data. */
const mostTimes = 4;

/** Highest rate for a base of images, and the numbers it is computed from. */
interface PictureRate {
  readonly rate: number;
  /** Millions of the body's weights. */
  readonly millions: number;
}

/**
 * Returns η = 1e-3 · min(4, √(21.3e6 / weights)), at least 1e-3: the learning rate of the head on a small network, by the
 * rule for texts (docs/decisions/0013). The later half of the body gets a tenth of it.
 * @param graph body without a head
 */
export function pictureRate(graph: Graph): PictureRate {
  let weights = 0;
  for (const { kind, size } of parametersOf(graph)) if (kind !== "statistic") weights += size;
  const times = Math.min(mostTimes, Math.max(1, Math.sqrt(recipeWeights / Math.max(1, weights))));
  return { rate: Number((usual.rate * times).toPrecision(2)), millions: weights / 1e6 };
}
