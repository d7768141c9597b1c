import type { VerdictSubject } from "../../core/events/run-outcome.js";
import type { Recipe } from "../../core/messages/message.js";
import { defaults } from "../../options/options.js";
import { type Context, scratchContext } from "../context.js";
import type { TrainedTask } from "../trained-task.js";
import { effortOf } from "../training/epoch-fields.js";
import { stageOf } from "../training/planned.js";
import type { BestEpoch } from "./best-epoch.js";
import { type FromScratch, type ScratchFit, trainFromScratch } from "./scratch.js";

/** Result of the training that a run is compared with. */
export interface ComparedFit
  extends Pick<ScratchFit, "weights" | "best">,
    Partial<Pick<ScratchFit, "rate" | "epochs">> {
  readonly bestEpoch?: BestEpoch | undefined;
  /** True if no epoch improved on its start. Missing: it started from random weights. */
  readonly keptStart?: boolean;
  readonly report: Pick<ScratchFit["report"], "seconds" | keyof Recipe> & Partial<ScratchFit["report"]>;
}

/** Stage name, rate and length of that training. */
export type ComparedHow = Pick<FromScratch, "suffix" | "rate" | "decide">;

/** The training that a run is compared with: another training of its network. */
export interface Comparison {
  /** Its key in the events of seeds. */
  readonly key: "scratch" | "without_teacher";
  /** What the verdict judges if it is not transfer. That verdict has no other baselines. */
  readonly subject?: VerdictSubject;
  /** Trains it, and returns the weights in their saved form. */
  readonly train: (context: Context, run: TrainedTask<unknown>, how: ComparedHow) => Promise<ComparedFit>;
}

/** The same network from random weights. */
export const fromScratch: Comparison = {
  key: "scratch",
  async train(context, { planned, fitted }, how) {
    const its = scratchContext(context);
    const { options, opened } = its;
    const draw = opened.made?.fresh ?? its.training.head.fresh;
    const fresh = draw?.(planned.plain, options.seed ?? defaults.seed);
    const fit = await trainFromScratch(its, {
      blank: planned.plain,
      training: planned.scratch!,
      prepare: (model, plan, stage) => stageOf(its, model, plan, stage, "scratch"),
      transfer: effortOf(fitted),
      fresh,
      ...how,
    });
    return { ...fit, weights: context.training.head.savedWeights?.(fit.weights) ?? fit.weights };
  },
};
