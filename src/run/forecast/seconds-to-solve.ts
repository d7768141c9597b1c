import { draws } from "../../core/random.js";
import { fitProbeInTurns, type ProbeData } from "../../methods/probe/index.js";

/** Most rows per split for the timing; the time is linear in the rows. */
const mostTimed = 512;

/**
 * Seconds to solve a head on random features of the run's size:
 *
 * s = s(rows) · N / rows,  rows = min(N, 512) of the training split
 *
 * @param labels int32[N] of either split
 * @param timed seconds of solving such data
 */
export async function secondsToSolve(
  { train, validation }: { readonly train: Int32Array; readonly validation: Int32Array },
  { width, classes }: { readonly width: number; readonly classes: number },
  timed: (data: ProbeData) => Promise<number> = timeToSolve,
): Promise<number> {
  if (train.length === 0) return 0;
  const drawn = (all: Int32Array, part: string) => {
    // Evenly spread, because lists are often sorted by class.
    const n = Math.min(all.length, mostTimed);
    const labels = Int32Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]!);
    const source = draws(0, "a head to be timed", part);
    const features = Float32Array.from({ length: n * width }, () => source.normal());
    // One feature encodes the class: without it the solver would stop at once.
    labels.forEach((label, i) => {
      features[i * width + (label % width)]! += 2;
    });
    return { features, labels };
  };
  const data = { train: drawn(train, "train"), validation: drawn(validation, "validation") };
  const seconds = await timed({ ...data, dims: width, classes });
  return (seconds * train.length) / data.train.labels.length;
}

async function timeToSolve(data: ProbeData): Promise<number> {
  const begin = performance.now();
  await fitProbeInTurns(data);
  return (performance.now() - begin) / 1000;
}
