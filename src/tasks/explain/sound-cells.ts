import { fromMel, toMel } from "../../bases/audio/mel-filters.js";
import { fourier } from "../../linalg/fourier.js";

/** Rows and columns of the grid over frequency and time. */
export const soundGrid = { rows: 8, columns: 12 } as const;

/** Samples of a frame; frames overlap by half, and their Hann windows sum to 1. */
const frame = 512;

/** A clip as a sum of sounds, one for each cell of a grid over frequency and time. */
export interface SoundCells {
  readonly cells: number;
  /** Returns the clip without hidden cells, float32[n]. @param shown uint8[cells]: 1 shows a cell */
  without(shown: Uint8Array): Float32Array;
}

/**
 * Divides a clip into cells of a grid: rows are bands of equal width in mels, the highest first, columns are stretches of time. The sum of
 * all cells is the clip.
 */
export function soundCells(samples: Float32Array, rate: number): SoundCells {
  const { rows, columns } = soundGrid;
  const hop = frame / 2;
  const columnAt = (first: number): number => {
    const middle = Math.min(samples.length - 1, Math.max(0, first + hop));
    return Math.floor((middle * columns) / samples.length);
  };
  const spans = Array.from({ length: columns }, () => ({ begin: samples.length, end: 0 }));
  for (let first = -hop; first < samples.length; first += hop) {
    const span = spans[columnAt(first)]!;
    span.begin = Math.min(span.begin, Math.max(0, first));
    span.end = Math.min(samples.length, first + frame);
  }
  // A cell is silent outside its column, so only its stretch of the clip is kept.
  const parts = Array.from({ length: rows * columns }, (_, cell) => {
    const { begin, end } = spans[cell % columns]!;
    return { begin, sound: new Float32Array(Math.max(0, end - begin)) };
  });
  const rowOf = rowsOfBins(rate);
  const [re, im] = [new Float64Array(frame), new Float64Array(frame)];
  for (let first = -hop; first < samples.length; first += hop) {
    const [real, imaginary] = [new Float64Array(frame), new Float64Array(frame)];
    for (let j = 0; j < frame; j++) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * j) / frame);
      real[j] = hann * (samples[first + j] ?? 0);
    }
    fourier(real, imaginary);
    const column = columnAt(first);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < frame; k++) {
        const inside = rowOf[Math.min(k, frame - k)] === row ? 1 / frame : 0;
        re[k] = real[k]! * inside;
        im[k] = imaginary[k]! * inside;
      }
      fourier(re, im, true);
      const { begin, sound } = parts[row * columns + column]!;
      const end = Math.min(frame, samples.length - first);
      for (let j = Math.max(0, -first); j < end; j++) sound[first + j - begin]! += re[j]!;
    }
  }
  return {
    cells: rows * columns,
    without(shown) {
      const out = samples.slice();
      for (const [cell, { begin, sound }] of parts.entries())
        if (shown[cell] === 0) for (let i = 0; i < sound.length; i++) out[begin + i]! -= sound[i]!;
      return out;
    },
  };
}

/** Returns the row of each frequency bin, 0 to half the frame. */
function rowsOfBins(rate: number): Uint8Array {
  const { rows } = soundGrid;
  const highest = toMel(rate / 2, "kaldi");
  const upper = Array.from({ length: rows }, (_, r) => fromMel((highest * (rows - r)) / rows, "kaldi"));
  return Uint8Array.from({ length: frame / 2 + 1 }, (_, k) => {
    const hz = (k * rate) / frame;
    return Math.max(
      0,
      upper.findLastIndex((edge) => hz <= edge + 1e-6),
    );
  });
}
