/** One row a strategy: what help, documents and errors say of it. */
export interface StrategyRow {
  /** What moves, in one line. */
  readonly does: string;
  readonly paper: string;
}

/** The strategies by name. */
export const strategies = {
  auto: {
    does: "probe below 40 training pictures or for a base that cannot be fine-tuned, finetune otherwise",
    paper: "a rule of thumb, printed with its reason",
  },
  probe: {
    does: "trains a new linear head on frozen features (convex, no epochs)",
    paper: "Alain & Bengio, Understanding intermediate layers using linear classifier probes, 2016",
  },
  finetune: {
    does: "head first, then all weights, smaller rates for early layers (the default)",
    paper: "Howard & Gugger, fastai: a layered API for deep learning, 2020, `fine_tune`",
  },
} as const satisfies Record<string, StrategyRow>;

export type StrategyName = keyof typeof strategies;

/** Below this many training pictures a probe is the safer choice. */
const fewExamples = 40;

/**
 * What `auto` does until it is built properly, with its reason.
 * @param tunable why the base cannot be fine-tuned, undefined when it can.
 */
export function chooseStrategy(
  asked: StrategyName,
  examples: number,
  refusal: string | undefined,
): { name: "probe" | "finetune"; reasons: string[] } {
  if (asked !== "auto")
    return { name: asked, reasons: [asked === "finetune" ? "the default, or asked for" : "asked for"] };
  if (refusal !== undefined) return { name: "probe", reasons: [`the base cannot be fine-tuned: ${refusal}`] };
  if (examples < fewExamples)
    return {
      name: "probe",
      reasons: [
        `${examples} training pictures are fewer than ${fewExamples}: moving all weights would mostly fit noise`,
      ],
    };
  return {
    name: "finetune",
    reasons: [`${examples} training pictures are enough to move all weights (from ${fewExamples} on)`],
  };
}
