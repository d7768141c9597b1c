import type { Leg } from "../step/clock.js";

/** Progress of a run and its remaining work, in seconds. */
export interface Paced {
  readonly step: number;
  /** Position in the schedule at that step. */
  readonly position: number;
  readonly stepsPerEpoch: number;
  /** Seconds so far. */
  readonly seconds: number;
  readonly secondsPerStep: number;
  readonly secondsPerValidation: number;
}

/**
 * Tolerated error of the predicted end, as a share of the remaining time; and smallest share of the budget between two
 * moves.
 */
const [tolerated, leastPause] = [0.1, 0.05] as const;

/** Smallest change of a run's length that is reported, as a share. */
const worthTelling = 0.1;

/** True if the length of the run changed by more than that share. */
export function isPaced(legs: readonly Leg[]): boolean {
  const planned = legs[0]!.total;
  return legs.some(({ total }) => Math.abs(total - planned) > worthTelling * planned);
}

/** Seconds of `steps` more steps, with the validations between them and at the end. */
function secondsOf(steps: number, p: Paced): number {
  const validations = Math.ceil((p.step + steps) / p.stepsPerEpoch) - Math.floor(p.step / p.stepsPerEpoch);
  return steps * p.secondsPerStep + validations * p.secondsPerValidation;
}

/** Most steps that fit into the seconds; at least one. */
export function stepsWithin(seconds: number, p: Paced): number {
  const each = p.secondsPerStep + p.secondsPerValidation / p.stepsPerEpoch;
  let steps = Math.max(1, Math.floor(seconds / each));
  while (steps > 1 && secondsOf(steps, p) > seconds) steps--;
  return steps;
}

/**
 * Returns a leg that moves the end of the run if the remaining work would take over a tenth more, or less, than the
 * remaining time.
 * @param legs of the run so far
 * @param budget seconds for the whole run
 * @param last seconds at which the end was moved last
 * @returns undefined while the run is on time
 */
export function movedEnd(legs: readonly Leg[], budget: number, last: number, p: Paced): Leg | undefined {
  const { total } = legs.at(-1)!;
  const left = budget - p.seconds;
  if (total - p.step < 2 || p.seconds - last < leastPause * budget) return undefined;
  const needed = secondsOf(total - p.step, p);
  if (Math.abs(needed - left) <= tolerated * Math.max(left, leastPause * budget)) return undefined;
  const moved = p.step + stepsWithin(Math.max(0, left), p);
  // A difference of one step does not matter.
  return Math.abs(moved - total) < 2 ? undefined : { step: p.step, position: p.position, total: moved };
}
