// The metrics of tasks, each by its formula alone: what a stranger computes from predictions of single samples.
import type { Box } from "../../src/data/boxes/box.js";

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const sumOf = <T>(all: readonly T[], of: (one: T, i: number) => number): number =>
  all.reduce((sum, one, i) => sum + of(one, i), 0);

/** Share of equal names. */
export const accuracy = (predicted: readonly string[], truth: readonly string[]): number =>
  mean(truth.map((name, i) => Number(predicted[i] === name)));

/** 1 − Σ (ŷ − y)² / Σ (y − ȳ)² */
export function rSquared(predicted: readonly number[], truth: readonly number[]): number {
  const centre = mean(truth);
  return 1 - sumOf(truth, (y, i) => (predicted[i]! - y) ** 2) / sumOf(truth, (y) => (y - centre) ** 2);
}

/** 2 Σ common / (Σ predicted + Σ true), over sets of names */
export function microF1(
  predicted: readonly (readonly string[])[],
  truth: readonly (readonly string[])[],
): number {
  const common = sumOf(truth, (names, i) => names.filter((name) => predicted[i]!.includes(name)).length);
  return (2 * common) / sumOf(truth, (names, i) => names.length + predicted[i]!.length);
}

/** Fewest insertions, deletions and substitutions between two lists of words, row by row. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, word] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries())
      next.push(Math.min(row[j]! + Number(word !== other), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row.at(-1)!;
}

/** 1 − Σ edits / Σ words of the transcripts */
export function wordAccuracy(predicted: readonly string[], truth: readonly string[]): number {
  const words = (text: string): string[] => text.match(/\S+/g) ?? [];
  const edits = sumOf(truth, (text, i) => editDistance(words(text), words(predicted[i]!)));
  return 1 - edits / sumOf(truth, (text) => words(text).length);
}

/** Mean over the classes of intersection / union of their pixels in all pictures. */
export function meanIou(
  predicted: readonly ArrayLike<number>[],
  truth: readonly ArrayLike<number>[],
  classes: number,
): number {
  return mean(
    Array.from({ length: classes }, (_, k) => {
      let [both, either] = [0, 0];
      for (const [i, mask] of truth.entries())
        for (let at = 0; at < mask.length; at++) {
          const [a, b] = [mask[at] === k, predicted[i]![at] === k];
          both += Number(a && b);
          either += Number(a || b);
        }
      return both / either;
    }),
  );
}

/** A box with its class. */
export interface Labelled {
  readonly label: string;
  /** Left, top, right, bottom. */
  readonly box: Box;
}
type Scored = Labelled & { readonly score: number };

function iou([a, b, c, d]: Box, [e, f, g, h]: Box): number {
  const common = Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f));
  return common / ((c - a) * (d - b) + (g - e) * (h - f) - common);
}

/** Average precision of one class at one IoU: the mean over 101 recalls of the highest precision from there on. */
function averagePrecision(
  predicted: readonly (readonly Scored[])[],
  truth: readonly (readonly Labelled[])[],
  least: number,
): number {
  const ranked = predicted
    .flatMap((boxes, picture) => boxes.map((one) => ({ ...one, picture })))
    .sort((a, b) => b.score - a.score);
  const taken = truth.map(() => new Set<number>());
  const all = sumOf(truth, (boxes) => boxes.length);
  let hits = 0;
  const points = ranked.map(({ box, picture }, rank) => {
    const free = truth[picture]!.map((own, i) => ({
      i,
      overlap: taken[picture]!.has(i) ? 0 : iou(own.box, box),
    }));
    const best = free.reduce((a, b) => (b.overlap > a.overlap ? b : a), { i: -1, overlap: 0 });
    if (best.overlap >= least) {
      taken[picture]!.add(best.i);
      hits++;
    }
    return { recall: hits / all, precision: hits / (rank + 1) };
  });
  const recalls = Array.from({ length: 101 }, (_, i) => i / 100);
  return mean(
    recalls.map((from) =>
      Math.max(0, ...points.filter(({ recall }) => recall >= from).map(({ precision }) => precision)),
    ),
  );
}

/** Mean average precision over classes and the IoUs 0.5, 0.55 … 0.95; of each picture the 100 best boxes of a class count. */
export function meanAveragePrecision(
  predicted: readonly (readonly Scored[])[],
  truth: readonly (readonly Labelled[])[],
  classes: readonly string[],
): number {
  const levels = Array.from({ length: 10 }, (_, i) => 0.5 + 0.05 * i);
  return mean(
    classes.flatMap((label) => {
      const own = predicted.map((boxes) =>
        boxes
          .filter((one) => one.label === label)
          .sort((a, b) => b.score - a.score)
          .slice(0, 100),
      );
      const true_ = truth.map((boxes) => boxes.filter((one) => one.label === label));
      return levels.map((level) => averagePrecision(own, true_, level));
    }),
  );
}
