import type { Leg } from "../step/clock.js";

/** What a run has done and has left, in seconds. */
export interface Paced {
  readonly step: number;
  /** Of the schedule, at that step. */
  readonly position: number;
  readonly stepsPerEpoch: number;
  /** Taken so far. */
  readonly seconds: number;
  readonly secondsPerStep: number;
  readonly secondsPerValidation: number;
}

/** By how much of what is left the end may be missed before it is moved; and the least share of the budget between two moves. */
const [tolerated, apart] = [0.1, 0.05] as const;

/** By how much of a run its end must have been moved before it is told. */
const worthTelling = 0.1;

/** Returns whether one of the legs ends the run so much earlier or later than the first one that it is worth telling. */
export function isPaced(legs: readonly Leg[]): boolean {
  const planned = legs[0]!.total;
  return legs.some(({ total }) => Math.abs(total - planned) > worthTelling * planned);
}

/** Seconds that `steps` more steps take, with the validations that fall between them and at the end. */
function secondsOf(steps: number, p: Paced): number {
  const validations = Math.ceil((p.step + steps) / p.stepsPerEpoch) - Math.floor(p.step / p.stepsPerEpoch);
  return steps * p.secondsPerStep + validations * p.secondsPerValidation;
}

/** The most steps that fit into the seconds; at least one. */
export function stepsWithin(seconds: number, p: Paced): number {
  const each = p.secondsPerStep + p.secondsPerValidation / p.stepsPerEpoch;
  let steps = Math.max(1, Math.floor(seconds / each));
  while (steps > 1 && secondsOf(steps, p) > seconds) steps--;
  return steps;
}

/**
 * Whether the end of a run has to be moved so that it comes in time: where what is left would take over a tenth more, or
 * less, than there is.
 * @param legs of the run so far @param budget seconds for all of it @param last seconds at which the end was moved last
 * @returns the leg to add; undefined while the run is on time
 */
export function movedEnd(legs: readonly Leg[], budget: number, last: number, p: Paced): Leg | undefined {
  const { total } = legs.at(-1)!;
  const left = budget - p.seconds;
  if (total - p.step < 2 || p.seconds - last < apart * budget) return undefined;
  const needed = secondsOf(total - p.step, p);
  if (Math.abs(needed - left) <= tolerated * Math.max(left, apart * budget)) return undefined;
  const moved = p.step + stepsWithin(Math.max(0, left), p);
  // A step more or less is no matter.
  return Math.abs(moved - total) < 2 ? undefined : { step: p.step, position: p.position, total: moved };
}
