/** Position of a step of the session in the run. */
export interface Tick {
  /** Number of updates before this step's update. */
  readonly update: number;
  /** Position of the update in the schedule: 0 the first, 1 after the last. */
  readonly position: number;
  /** True if the step ends its update. */
  readonly applies: boolean;
}
export type Clock = (step: number) => Tick;

/** From step `step` on, at `position` of the schedule, the run is planned to end before step `total`. */
export interface Leg {
  readonly step: number;
  readonly position: number;
  readonly total: number;
  /** True if the optimizer begins anew at this step: its updates are counted from here. */
  readonly restarts?: true;
}

/**
 * Number of updates in the first `steps` steps, if each takes `every` steps and the last of an epoch may take fewer.
 */
function updatesIn(steps: number, perEpoch: number, every: number): number {
  const epochs = Math.floor(steps / perEpoch);
  return epochs * Math.ceil(perEpoch / every) + Math.ceil((steps - epochs * perEpoch) / every);
}

/**
 * Maps steps to updates: every `accumulate` batches of an epoch, and the rest at its end, make one update. The schedule
 * spans the updates. If the end of a run is moved, the schedule continues from its current position, linearly:
 *
 * position = p₀ + (1 - p₀) (u - u₀) / (U - u₀),   u the update, from u₀ at p₀ on, U the last
 *
 * @param legs the first begins at step 0 and position 0; later ones say how the end was moved. At least one.
 */
export function clockOf(legs: readonly Leg[], stepsPerEpoch: number, accumulate = 1): Clock {
  return (step) => {
    const leg = legs.findLast((l) => l.step <= step)!;
    const inEpoch = step % stepsPerEpoch;
    const perEpoch = Math.ceil(stepsPerEpoch / accumulate);
    const update = Math.floor(step / stepsPerEpoch) * perEpoch + Math.floor(inEpoch / accumulate);
    const from = updatesIn(leg.step, stepsPerEpoch, accumulate);
    const all = updatesIn(leg.total, stepsPerEpoch, accumulate);
    const begun = legs.findLast((l) => l.restarts && l.step <= step)?.step ?? 0;
    // An update in progress when the end was moved belongs to the leg before.
    const done = Math.max(0, update - from);
    return {
      update: update - updatesIn(begun, stepsPerEpoch, accumulate),
      position: leg.position + (1 - leg.position) * Math.min(1, done / Math.max(1, all - from)),
      applies:
        inEpoch % accumulate === accumulate - 1 || inEpoch === stepsPerEpoch - 1 || step === leg.total - 1,
    };
  };
}
