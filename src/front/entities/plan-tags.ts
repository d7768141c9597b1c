import { withHead } from "../../bases/heads.js";
import type { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { chooseStrategy, plannerOf, rowOf } from "../../methods/registry.js";
import type { Fit } from "../../train/fit.js";
import { askedOf } from "../asked.js";
import { defaults } from "../options.js";
import { planScratch } from "../plan-scratch.js";
import type { ScratchTraining } from "../scratch-training.js";
import { partOf, type Tagging, tagStage } from "./stage.js";

/** The scores of all tokens, a row each: `logits` are those of each text, in the file. */
export const rowsOfTokens = "token_logits";

/** What a run on entities will do, decided before anything is computed. */
export interface PlannedTags {
  readonly strategy: ReturnType<typeof chooseStrategy>;
  /** tokens -> scores of every token, with an empty head. */
  readonly blank: Graph;
  readonly trained?: { readonly plan: TrainingPlan; readonly fit: Fit; readonly stage: string };
  /** The first training from scratch beside a probe, loaded, to be measured. */
  readonly beside?: Fit;
  readonly replan: (request: Partial<PlanRequest>) => TrainingPlan;
  /** Missing without baselines. */
  readonly scratch?: ScratchTraining;
}

/** Plan the run, and build what it trains. @throws OperatorError, ModelError when the base cannot be trained as asked for */
export async function planTags(tagging: Tagging): Promise<PlannedTags> {
  const { context, data } = tagging;
  const { options, opened } = context;
  const { body } = opened;
  const asked = options.strategy ?? defaults.strategy;
  const classes = data.labels.length;
  const empty = { weight: new Float32Array(classes * body.width), bias: new Float32Array(classes) };
  const blank = withHead(body, classes, empty, rowsOfTokens);
  const train = partOf(data, "train");
  const times = new Int32Array(classes);
  for (const { tags } of train) for (const tag of tags) times[tag]!++;
  const { rate, ...usual } = context.taskDefaults?.(options) ?? {};
  const request: PlanRequest = {
    ...usual,
    examples: train.length,
    seed: options.seed ?? defaults.seed,
    ...askedOf(options),
    // A tag that nothing has (I of a type of single words) has no loss: its weight is never used.
    classes: data.labels.map((name, i) => ({ name, count: Math.max(1, times[i]!) })),
  };
  const own = { ...(rate !== undefined && !rowOf(asked).adapts && { rate }), ...request };
  const planner = await plannerOf(asked);
  let trained: PlannedTags["trained"];
  let refusal: EngraftError | undefined;
  if (asked !== "probe") {
    const stage = asked === "auto" ? "finetune" : asked;
    try {
      const plan = planner(blank, own);
      trained = { plan, fit: await tagStage(tagging, blank, plan, stage), stage };
    } catch (error) {
      const { explainRefusal, isRefusal } = await import("../refusal.js");
      if (!isRefusal(error) || asked !== "auto") throw explainRefusal(error, body.graph);
      refusal = error;
    }
  }
  const strategy = chooseStrategy(asked, train.length, refusal?.message);
  if (strategy.name === "probe" && trained) {
    await trained.fit.dispose();
    trained = undefined;
  }
  const long = { ...request, ...(trained && { epochs: trained.plan.epochs, batch: trained.plan.batch }) };
  const { settings } = rowOf(asked);
  const scratch = options.baselines ? planScratch(blank, long, { own: settings }) : undefined;
  let beside: Fit | undefined;
  if (scratch && !trained) {
    try {
      beside = await tagStage(tagging, blank, scratch.planAt(scratch.rates[0]!, scratch.steps), "scratch");
    } catch (error) {
      const { noneBeside, withoutBaselines } = await import("../refusal.js");
      if (options.baselines !== "auto") throw withoutBaselines(error);
      context.onEvent(noneBeside(error));
    }
  }
  return {
    strategy,
    blank,
    ...(trained && { trained }),
    ...(beside && { beside }),
    replan: (more) => planner(blank, { ...own, ...more }),
    ...(scratch && (trained || beside) && { scratch }),
  };
}
