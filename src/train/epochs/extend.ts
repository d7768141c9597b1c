import type { FitOptions } from "../fit-options.js";
import type { Leg } from "../step/clock.js";
import { averageName } from "../step/state-names.js";
import type { Step } from "../step/step.js";
import type { Weights } from "./average-weights.js";
import type { ProgressNote } from "./progress-note.js";

/**
 * Returns the note of a finished fit with its next extension begun; the same note if all were begun, or it is not finished. A training
 * from scratch that stopped improving stays finished: more steps are of no use to it.
 *
 * The schedule starts again at position 0: a warm restart.
 * @see Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017
 */
export function extended(
  note: ProgressNote,
  { extensions = [], stepsPerEpoch, phase }: Pick<FitOptions, "extensions" | "stepsPerEpoch" | "phase">,
): ProgressNote {
  const { extensions: begun = 0 } = note;
  const next = extensions[begun];
  if (!note.finished || next === undefined) return note;
  if (phase === "scratch" && note.plateau !== undefined) return note;
  const made = note.step - (note.skipped ?? 0);
  // A time limit may have ended the last epoch early. The next one begins at its own first step.
  const step = note.epochs.length * stepsPerEpoch;
  const more =
    "epochs" in next
      ? next.epochs * stepsPerEpoch
      : Math.max(1, Math.floor((next.seconds * made) / Math.max(note.seconds, Number.EPSILON)));
  const { stopped, perfect, plateau, average, gathered, seen, diverged, until, ...rest } = note;
  return {
    ...rest,
    step,
    skipped: step - made,
    finished: false,
    partial: {},
    extensions: begun + 1,
    ...(average?.kept && { average }),
    legs: [...note.legs, { step, position: 0, total: step + more, restarts: true }],
    ...("seconds" in next && { until: note.seconds + next.seconds }),
  };
}

/** Returns the legs since the last extension began; all without an extension. */
export const legsSinceExtension = (legs: readonly Leg[]): readonly Leg[] =>
  legs.slice(
    Math.max(
      0,
      legs.findLastIndex(({ restarts }) => restarts),
    ),
  );

/** Returns kept weights as the state of a step, and as the start of their running averages. */
export function keptState({ state }: Step, kept: Weights): Weights {
  const names = new Set(state.map(({ input }) => input));
  return new Map(
    [...kept].flatMap(([v, tensor]) =>
      [v, averageName(v)].filter((name) => names.has(name)).map((name) => [name, tensor] as const),
    ),
  );
}
