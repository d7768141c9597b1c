import { NeighbourTrees } from "../../linalg/neighbour-trees.js";
import { powerSpectrum } from "./power-spectrum.js";
import { waveformOf } from "./sound-print.js";

/** Values of a frame of a print, 64 ms, and between the starts of two frames. */
const [frameSize, hop] = [128, 64] as const;
/** Bands of 78 Hz from 31 Hz on. */
const [bands, bandSize, firstBin] = [12, 5, 2] as const;
/** Parts of a view in time. */
const parts = 4;
/** Values of a description. */
const size = bands * parts;

/** Frames that a view leaves out at the start and at the end, in steps of 0.1 s or a sixth of the clip. */
type View = readonly [start: number, end: number];
const cuts = [0, 0.5, 1, 1.5, 2, 2.5, 3] as const;
/** Views of a clip that is searched for: all cuts. */
const searched: readonly View[] = cuts.flatMap((start) =>
  cuts.filter((end) => start + end <= 3).map((end): View => [start, end]),
);
/** Views of the clips that are found: a copy that is cut at the end may be compared with one that is cut at the start. */
const found: readonly View[] = [
  [0, 0],
  [1.5, 0],
  [3, 0],
  [0, 1.5],
  [0, 3],
];
/** Frames of the longest step, 0.1 s, and largest share of a clip in a step. */
const [longestStep, largestStep] = [3, 1 / 6] as const;

/** A clip that resembles another one, and the squared distance of their descriptions: 0 for equal ones, at most 2. */
export interface SimilarSound {
  readonly at: number;
  readonly square: number;
}

/**
 * The search for clips with similar spectra. Views of a clip leave out something at its ends. A description has the root of the power of 12 bands in the four
 * parts of a view, with length 1. The clips whose descriptions are nearest to that of any view are found.
 */
export class SimilarSounds {
  readonly #sums: readonly Float32Array[];
  /** The clip of each description. */
  readonly #clips: readonly number[];
  readonly #trees: NeighbourTrees;

  /** @param prints of `soundPrint` */
  constructor(prints: readonly Int8Array[]) {
    const spectrum = powerSpectrum(frameSize);
    this.#sums = prints.map((print) => summedBands(print, spectrum));
    this.#clips = prints.flatMap((_, k) => found.map(() => k));
    const points = new Float32Array(this.#clips.length * size);
    for (const [k, sums] of this.#sums.entries())
      for (const [v, view] of found.entries()) describe(sums, view, points, (k * found.length + v) * size);
    this.#trees = new NeighbourTrees(points, size);
  }

  /** Returns clips whose spectra are near to that of clip k, the nearest first. */
  of(k: number): readonly SimilarSound[] {
    const squares = new Map<number, number>();
    const point = new Float32Array(size);
    for (const view of searched) {
      describe(this.#sums[k]!, view, point, 0);
      this.#trees.search(point, (row, square) => {
        const at = this.#clips[row]!;
        if (at !== k && square < (squares.get(at) ?? Number.POSITIVE_INFINITY)) squares.set(at, square);
      });
    }
    return Array.from(squares, ([at, square]) => ({ at, square })).sort(
      (a, b) => a.square - b.square || a.at - b.at,
    );
  }
}

/** Returns the power in bands, summed over all frames before. @returns float32[frames + 1, 12] */
function summedBands(print: Int8Array, spectrum: ReturnType<typeof powerSpectrum>): Float32Array {
  const values = waveformOf(print);
  const frames = 1 + Math.max(0, Math.floor((print.length - frameSize) / hop));
  const sums = new Float32Array((frames + 1) * bands);
  for (let f = 0; f < frames; f++) {
    const power = spectrum(values, f * hop);
    for (let b = 0; b < bands; b++) {
      let sum = sums[f * bands + b]!;
      for (let k = firstBin + bandSize * b; k < firstBin + bandSize * (b + 1); k++) sum += power[k]!;
      sums[(f + 1) * bands + b] = sum;
    }
  }
  return sums;
}

/** Writes the description of a view to a place in `out`. Frames are divided between two parts. */
function describe(sums: Float32Array, [start, end]: View, out: Float32Array, to: number): void {
  const frames = sums.length / bands - 1;
  const step = Math.min(longestStep, largestStep * frames);
  const length = frames - (start + end) * step;
  let square = 0;
  for (let p = 0; p < parts; p++) {
    const [first, last] = [start * step + (p * length) / parts, start * step + ((p + 1) * length) / parts];
    for (let b = 0; b < bands; b++) {
      const power = Math.max(0, sumAt(sums, frames, last, b) - sumAt(sums, frames, first, b));
      out[to + p * bands + b] = Math.sqrt(power);
      square += power;
    }
  }
  const length1 = Math.sqrt(square) || 1;
  for (let i = to; i < to + size; i++) out[i]! /= length1;
}

/** Returns a sum between two frames by linear interpolation. */
function sumAt(sums: Float32Array, frames: number, f: number, b: number): number {
  const k = Math.min(frames - 1, Math.floor(f));
  const below = sums[k * bands + b]!;
  return below + (f - k) * (sums[(k + 1) * bands + b]! - below);
}
