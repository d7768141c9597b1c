import { message, warningText } from "../../core/messages/message.js";
import { isSolved } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import type { Context, Unrecorded } from "../context.js";
import { decideOnce, decisionOf } from "../folder/decide-once.js";

/** What the work on a head is counted in. */
type Unit = "trials" | "passes" | "samples";

/** Parts of the work on a head: strengths, passes or samples. They end with the head's share of a budget. */
export interface HeadTrials {
  /** Reports a finished part. @returns true if no other one shall begin */
  readonly next: () => boolean;
  /** True if no other part shall begin. */
  readonly isOver: () => boolean;
  /** Reports that the head is solved, and what the budget has cut. */
  readonly end: () => Promise<void>;
}

/** Shares of a budget at which its phases end: before a training, and before scores and report alone. */
export const phaseEnds = {
  features: { trained: 0.35, solved: 0.6 },
  head: { trained: 0.5, solved: 0.8 },
  rivals: { trained: 0.9, solved: 0.9 },
} as const;

/** Returns the seconds that a phase of a run may still take, 0 or more; undefined without a budget. */
export function secondsOf(phase: keyof typeof phaseEnds, { run, options }: Unrecorded): number | undefined {
  const { budget, strategy = defaults.strategy } = options;
  if (!run || budget === undefined) return undefined;
  const end = budget * phaseEnds[phase][isSolved(strategy) ? "solved" : "trained"];
  return Math.max(0, end - run.secondsOfProcess());
}

/**
 * Begins the work on a head. Where the budget ends it is decided once: a resumed run ends it at the same place.
 * @param unit what is counted
 * @param fewest parts that are done whatever the clock says
 */
export async function headTrials(
  context: Unrecorded,
  total: number,
  { unit = "trials", fewest = 1 }: { readonly unit?: Unit; readonly fewest?: number } = {},
): Promise<HeadTrials> {
  const { run, options, onEvent } = context;
  const name = `${unit} of the head of ${options.strategy ?? defaults.strategy}`;
  const decided = run && (await decisionOf<number>(run, name));
  let done = 0;
  let isCut = false;
  const report = (to: number): void => {
    // Samples are reported where their features are computed.
    if (unit !== "samples") onEvent({ event: "progress", phase: "head", done: to, total, unit: "trials" });
  };
  const isOver = (): boolean => {
    if (done < fewest) return false;
    isCut ||= decided === undefined ? secondsOf("head", context) === 0 : done >= decided;
    return isCut || done >= total;
  };
  report(0);
  return {
    next: () => {
      report(++done);
      return isOver();
    },
    isOver,
    end: async () => {
      if (done >= total) return;
      report(total);
      if (!run || !isCut) return;
      await decideOnce(run, name, async () => done);
      warnOfCutHead(context, { unit, done, total });
    },
  };
}

/** Warns that the budget has cut the work on a head. */
export function warnOfCutHead(
  { options: { budget = 0 }, onEvent }: Unrecorded,
  cut: { readonly unit: Unit; readonly done: number; readonly total: number },
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
