import { message, warningText } from "../../core/messages/message.js";
import { permutation } from "../../core/random.js";
import type { Sample } from "../../data/index.js";
import { isSolved } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import type { Context, Unrecorded } from "../context.js";
import { decideOnce, decisionOf } from "../folder/decide-once.js";
import type { Trunk } from "../setup.js";
import { type HeadEnd, type HeadUnit, phaseEnds } from "./budget.js";

// The phases of a run with a budget before and after its training. Loaded on demand: a run without a budget has none of them.

/** Fewest training samples that a head is solved from, whatever a budget says; and samples whose features are timed. */
const [fewestSamples, timed] = [64, 32] as const;

/** Returns the seconds that a phase of a run may still take, 0 or more; undefined without a budget. */
export function secondsOf(phase: keyof typeof phaseEnds, { run, options }: Unrecorded): number | undefined {
  const { budget, strategy = defaults.strategy } = options;
  if (!run || budget === undefined) return undefined;
  const end = budget * phaseEnds[phase][isSolved(strategy) ? "solved" : "trained"];
  return Math.max(0, end - run.secondsOfProcess());
}

/** Returns where the budget ends the work on a head. It is decided once: a resumed run ends it at the same place. */
export async function headEnd(context: Unrecorded, total: number, unit: HeadUnit): Promise<HeadEnd> {
  const { run, options } = context;
  const name = `${unit} of the head of ${options.strategy ?? defaults.strategy}`;
  const decided = run && (await decisionOf<number>(run, name));
  let isCut = false;
  return {
    isOver: (done) => {
      isCut ||= decided === undefined ? secondsOf("head", context) === 0 : done >= decided;
      return isCut;
    },
    keep: async (done) => {
      if (!run || !isCut) return;
      await decideOnce(run, name, async () => done);
      warnOfCutHead(context, { unit, done, total });
    },
  };
}

/** Warns that the budget has cut the work on a head. */
export function warnOfCutHead(
  { options: { budget = 0 }, onEvent }: Unrecorded,
  cut: { readonly unit: HeadUnit; readonly done: number; readonly total: number },
): void {
  onEvent({ event: "warning", ...warningText("pace", message("head-cut-by-budget", { budget, ...cut })) });
}

/**
 * True if a phase has no time for another model: then a warning names its strategy. Decided once for each, so that a resumed run
 * repeats it.
 */
export async function isOver(
  phase: keyof typeof phaseEnds,
  context: Context,
  model: string,
): Promise<boolean> {
  if (context.options.budget === undefined) return false;
  const none = async () => secondsOf(phase, context) === 0;
  if (!(await decideOnce(context.run, `no time for ${model}`, none))) return false;
  warnOfCutModel(context, model);
  return true;
}

/** Warns that the budget has no time for a model. @param model its strategy, or its key among the baselines */
export function warnOfCutModel({ options: { budget = 0 }, onEvent }: Context, model: string): void {
  onEvent({ event: "warning", ...warningText("pace", message("model-cut-by-budget", { budget, model })) });
}

/** Warns that the budget has no time for the training. */
export function warnOfCutTraining({ options: { budget = 0 }, onEvent }: Context): void {
  onEvent({ event: "warning", ...warningText("pace", message("training-cut-by-budget", { budget })) });
}

/**
 * Returns the samples whose features the budget allows: all but some training samples, drawn at random after one of each class. The
 * first features are timed for it; those that the cache has take no time. A resumed run repeats the decision.
 */
export async function affordable<Item extends Sample>(
  context: Context,
  trunk: Trunk,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const { run, options, training } = context;
  const { signal, seed = defaults.seed } = options;
  const train = items.filter(({ part }) => part === "train");
  // Sums are of all samples.
  if (options.strategy === "sums" || train.length <= fewestSamples) return items;
  const drawn = permutation(train.length, seed, "samples of the head").map((place) => train[place]!);
  const firsts = new Map(drawn.toReversed().map((item) => [training.head.classOf?.(item), item]));
  const ofClasses = new Set(firsts.values());
  const order = [...ofClasses, ...drawn.filter((item) => !ofClasses.has(item))];
  const count = await decideOnce(run, "samples of the head", async () => {
    const isMissing = new Set<Sample>(await trunk.missing(items));
    const missing = order.filter((item) => isMissing.has(item));
    if (missing.length <= timed) return train.length;
    // The first batch also loads the session.
    (await trunk.features(missing.slice(0, 1), { signal })).close();
    const begin = performance.now();
    (await trunk.features(missing.slice(1, 1 + timed), { signal })).close();
    const each = (performance.now() - begin) / 1000 / timed;
    const held = isMissing.size - missing.length;
    const most = Math.max(
      fewestSamples,
      ofClasses.size,
      Math.floor(secondsOf("features", context)! / each) - held,
    );
    return most >= missing.length ? train.length : order.indexOf(missing[most]!);
  });
  if (count >= train.length) return items;
  warnOfCutHead(context, { unit: "samples", done: count, total: train.length });
  const kept = new Set(order.slice(0, count));
  return items.filter((item) => item.part !== "train" || kept.has(item));
}
