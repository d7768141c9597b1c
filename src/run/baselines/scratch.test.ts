import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import type { EpochEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { ScratchFacts } from "../../core/results/baseline.js";
import { epochValidation } from "../../core/results/metric.js";
import { Graph } from "../../graph/graph.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { Decided, Fit, FitResult } from "../../train/fit.js";
import type { Context } from "../context.js";
import { stateOf, trainFromScratch } from "./scratch.js";
import { pilotEpochs, type ScratchTraining, scratchWork } from "./scratch-training.js";

const rates = [0.3, 1, 3];
/** 20 steps per epoch of 4 samples: 5 epochs in 100 steps. */
const planAt = (rate: number, steps: number) =>
  ({
    ...{ epochs: Math.ceil(steps / 20), batch: 4, batchNorm: "frozen", plateau: { steps, patience: 2 } },
    groups: [{ name: "everything", rate, values: 1, parameters: 1 }],
    recipe: [message("learning-rate", { rate })],
  }) as unknown as TrainingPlan;
const training: ScratchTraining = { ...{ steps: 400, fewest: 30, rates, usual: 1, planAt }, examples: 80 };

const epochOf = (epoch: number, validation_loss: number, train_loss: number): EpochEvent => ({
  ...{ event: "epoch", stage: "scratch", epoch, of: 20, train_loss },
  ...epochValidation("accuracy", { score: epoch / 20, loss: validation_loss }),
  ...{ rate: 1, seconds: 1, best: true },
});

/** Simulated trainings: each rate has a validation loss; returns the calls as a sentence. */
async function trained(
  losses: Readonly<Record<number, number>>,
  {
    step = null,
    chance = 2,
    options = {},
    diverges = Number.NaN,
    throws = Number.NaN,
    trainLosses = {},
  } = {} as {
    readonly step?: number | null;
    readonly chance?: number;
    readonly options?: Context["options"];
    readonly diverges?: number;
    readonly throws?: number;
    /** Default: that of guessing. */
    readonly trainLosses?: Readonly<Record<number, number>>;
  },
) {
  const calls: string[] = [];
  const state = new Map<string, unknown>();
  const run = {
    readState: async (name: string) => state.get(name),
    writeState: async (name: string, text: string) => void state.set(name, JSON.parse(text)),
  } as Partial<Context["run"]> as Context["run"];
  const prepare = async (_model: Graph, plan: TrainingPlan, stage: string): Promise<Fit> => {
    const { rate } = plan.groups[0]!;
    const result = (decided: Decided): FitResult => {
      const epochs = decided.pauseAfter ?? plan.epochs;
      return {
        ...{ weights: new Map(), bestEpoch: epochs, steps: 20 * epochs, seconds: epochs },
        best: { score: epochs / 20, loss: losses[rate]! },
        epochs: Array.from({ length: epochs }, (_, i) =>
          epochOf(i + 1, losses[rate]!, trainLosses[rate] ?? chance),
        ),
        plateau: {
          step: decided.pauseAfter === undefined ? step : null,
          learnt: true,
          chance,
          limit: 20 * plan.epochs,
        },
        ...(rate === diverges && { diverged: { step: 3, rate, words: "the loss became NaN" } }),
      };
    };
    return {
      run: async (_start, decided = {}) => {
        if (rate === throws) throw new EngraftError("NumericError", "the loss became NaN at step 1");
        calls.push(`${stage}${decided.pauseAfter ? ` for ${decided.pauseAfter}` : ` of ${plan.epochs}`}`);
        return result(decided);
      },
      dispose: async () => undefined,
    } as Partial<Fit> as Fit;
  };
  const context = { run, options, onEvent: () => undefined };
  const once = () =>
    trainFromScratch(context, {
      ...{ training, blank: new Graph("net"), fresh: new Map(), prepare },
      transfer: { steps: 64, seconds: 2 },
    });
  return { ...(await once()).report, calls, again: once };
}

test("each rate trains for a tenth of the steps, and the best by validation goes on from its own stage", async () => {
  const { calls, training: facts, tried, seconds, again } = await trained({ 0.3: 1.4, 1: 1.2, 3: 1.9 });
  expect(calls).toEqual(["scratch 0.3 for 2", "scratch 1 for 2", "scratch 3 for 2", "scratch 1 of 20"]);
  expect(tried.map(({ rate, validation, kept }) => [rate, validation.loss, kept])).toEqual([
    [0.3, 1.4, false],
    [1, 1.2, true],
    [3, 1.9, false],
  ]);
  // The pilot of the chosen rate is part of its 400 steps: 20 epochs of a second, and 2 of each of the others.
  expect(seconds).toBe(24);
  // 64 steps are 3 epochs of 20.
  expect(facts.at_transfer).toEqual({ steps: 64, validation: { score: 0.15, loss: 1.2 } });
  expect(facts).toMatchObject({ rate: 1, steps: 400, limit: 400, ended: "budget" });
  // The choice is stored: a resumed run continues at once.
  calls.length = 0;
  await again();
  expect(calls).toEqual(["scratch 1 of 20"]);
});

test("while validation says no more than guessing, the training loss decides", async () => {
  // Losses of 150 steps, measured; guessing among five classes is 1.6094.
  const validation = { 0.3: 1.6448, 1: 1.6083, 3: 1.632 };
  const trainLosses = { 0.3: 1.39, 1: 1.66, 3: 1.56 };
  const guessing = { chance: Math.log(5), trainLosses };
  expect((await trained(validation, guessing)).training.rate).toBe(0.3);
  // One validation loss that is clearly lower decides.
  expect((await trained({ ...validation, 3: 1.59 }, guessing)).training.rate).toBe(3);
});

test("while no rate is better than guessing, and where the best has diverged, the usual rate goes on", async () => {
  const none = await trained({ 0.3: 1.7, 1: 1.9, 3: 4 }, { chance: 1.61 });
  expect(none.training.rate).toBe(1);
  const diverged = await trained({ 0.3: 1.5, 1: 1.7, 3: 1.2 }, { diverges: 3 });
  expect(diverged.training.rate).toBe(0.3);
  const lost = await trained({ 0.3: Number.NaN, 1: 1.7, 3: 1.2 }, {});
  expect(lost.training.rate).toBe(3);
  // A rate whose first step is not finite is left out.
  const broken = await trained({ 0.3: 1.5, 1: 1.7, 3: 1.2 }, { throws: 3 });
  expect(broken.tried.map(({ rate, kept }) => [rate, kept])).toEqual([
    [0.3, true],
    [1, false],
  ]);
});

test("it says whether it stopped improving, or was still improving when its steps were up", async () => {
  const losses = { 0.3: 1, 1: 0.9, 3: 1 };
  expect((await trained(losses, { step: 240 })).training.ended).toBe("stopped improving");
  const short = await trained(losses, { options: { scratchSteps: 100 } });
  expect(short.training).toMatchObject({ ended: "budget", limit: 100, steps: 100 });
  // It has no result after the 64 steps of the run.
  const shorter = await trained(losses, { options: { scratchSteps: 40 } });
  expect(shorter.training.steps).toBe(40);
  expect(shorter.training.at_transfer).toBeUndefined();
});

test("of several seeds, one that was still improving is enough to say so", () => {
  const facts = (steps: number, ended: ScratchFacts["ended"]): ScratchFacts => ({
    ...{ steps, limit: 400, seconds: steps / 10, rate: 1, best_epoch: 3, ended, learnt: true },
    validation: { score: 0.5, loss: 1 },
  });
  const all = [facts(200, "stopped improving"), facts(400, "budget")];
  expect(stateOf(all, { steps: 64, seconds: 7 })).toEqual({
    ...{ steps: 400, ended: "budget", learnt: true },
    effort: { transfer: { steps: 64, seconds: 7 }, scratch: { steps: 200, seconds: 20 } },
  });
  expect(stateOf([all[0]!])).toMatchObject({
    ended: "stopped improving",
    effort: { scratch: { steps: 200 } },
  });
});

test("a forecast counts the pilots of the other rates; a rate that is known needs none", () => {
  const steps = (plans: readonly TrainingPlan[]) => plans.map(({ plateau }) => plateau!.steps);
  expect(pilotEpochs({ epochs: 94 })).toBe(9);
  expect(pilotEpochs({ epochs: 2 })).toBe(1);
  expect(steps(scratchWork(training, 400))).toEqual([400, 40, 40]);
  expect(steps(scratchWork(training, 400, true))).toEqual([400]);
});
