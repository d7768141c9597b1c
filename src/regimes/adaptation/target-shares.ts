import type { LinearHead } from "../../bases/heads.js";
import type { DomainGuard } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { compareDomains } from "../../methods/adapt/compare-domains.js";
import {
  correctedProbabilities,
  drawByShares,
  estimateShares,
  fitBiasCorrection,
  meanRow,
} from "../../methods/adapt/label-shift.js";
import { testShares } from "../../methods/adapt/test-shares.js";

/** Features of samples, float32[N, D], and their groups. */
interface Rows {
  readonly features: Float32Array;
  readonly groups?: readonly string[] | undefined;
}
type LabelledRows = Rows & { readonly labels: ArrayLike<number> };

/** What a model of the source says about the classes of the target, and whether the domains differ otherwise. */
export interface TargetShares {
  /** Shares in the source's validation split. */
  readonly source: Float64Array;
  /** Shares in the target, by expectation maximisation. */
  readonly estimated: Float64Array;
  /** Of the test that both have the same shares. */
  readonly p: number;
  /** Compares the target with source samples of the estimated shares. */
  readonly guard: DomainGuard;
  /** A class that the estimate does not find in the target. Then the estimate is not used. */
  readonly absent?: number;
}

/**
 * A class with less than this part of its share in the source counts as absent. In another domain, a model that no longer recognises a
 * class estimates 0.000 to 0.001 of it (digits of `docs/results.md`); a class that falls from 50 to 5 % has 0.1.
 */
const absentBelow = 0.02;

/** Most rows of each set that is compared. A-distances of 0.4 are then told from 0. */
const mostRows = 200;

/** Estimates the shares of the classes in the target by the model of the source alone. No target label is read. */
export function estimateTargetShares(
  head: LinearHead,
  source: Readonly<Record<"train" | "validation", LabelledRows>>,
  target: Rows,
  { width, classes, seed }: { readonly width: number; readonly classes: number; readonly seed: number },
): TargetShares {
  const logits = (features: Float32Array) => applyHead(head, rowsOf(features, width));
  const held = logits(source.validation.features);
  const correction = fitBiasCorrection(held, source.validation.labels, classes);
  const before = correctedProbabilities(held, correction);
  const after = correctedProbabilities(logits(target.features), correction);
  const old = meanRow(before, classes);
  const estimated = estimateShares(after, old);
  const absent = estimated.findIndex((share, k) => share < absentBelow * old[k]!);
  return {
    source: old,
    estimated,
    p: testShares(before, after, classes, { seed, groups: [source.validation.groups, target.groups] }),
    guard: compareAtShares(joined(source.train, source.validation), target, estimated, { width, seed }),
    ...(absent >= 0 && { absent }),
  };
}

/** Compares the target with source samples that are drawn by its shares, so that other shares alone make no difference. */
function compareAtShares(
  { features, labels, groups }: LabelledRows,
  target: Rows,
  shares: Float64Array,
  { width, seed }: { readonly width: number; readonly seed: number },
): DomainGuard {
  const some = (places: readonly number[], { features: all, groups: own }: Rows) => ({
    rows: rowsAt(rowsOf(all, width), places),
    groups: own && places.map((place) => own[place]!),
  });
  const drawn = drawByShares(labels, shares, seed).slice(0, 2 * mostRows);
  const ofTarget = permutation(target.features.length / width, seed, "target-rows").slice(0, mostRows);
  const own = { ...some(drawn, { features, groups }), labels: drawn.map((place) => labels[place]!) };
  return compareDomains(own, some([...ofTarget], target), width, { seed, most: mostRows });
}

function joined(...parts: readonly LabelledRows[]): LabelledRows {
  const features = new Float32Array(parts.reduce((sum, part) => sum + part.features.length, 0));
  let at = 0;
  for (const part of parts) {
    features.set(part.features, at);
    at += part.features.length;
  }
  return {
    features,
    labels: parts.flatMap(({ labels }) => Array.from(labels)),
    groups: parts.every(({ groups }) => groups) ? parts.flatMap(({ groups }) => [...groups!]) : undefined,
  };
}
