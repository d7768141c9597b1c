import { float32, int64 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";
import { appendScan } from "../graph/to-onnx-scan.js";

/** ln 0 as a finite number, so that no −∞ − (−∞) appears. */
const impossible = -1e30;
/** A loss above it is that of a row without a path. */
const largestLoss = 1e29;

/** Targets of {@link ctcLoss}. Class 0 is the blank. */
export interface CtcTargets {
  /** y, int64[B, L], L ≥ 1: classes from 1 on, then zeros after the end of the row's target. */
  readonly targets: Value;
  /** Frames of each row that count, int64[B], 1 … T. */
  readonly frames: Value;
}

/** Result of {@link ctcLoss}. */
export interface CtcLoss {
  /** −ln P(y | z) of each row, float32[B], nats, ≥ 0, lower is better; 0 for an impossible row. */
  readonly loss: Value;
  /** 1 for a row whose frames can hold its target, else 0: float32[B]. */
  readonly possible: Value;
  /** Expected number of times that a frame emits a class, float32[B, T, V]. */
  readonly occupancy: Value;
  /** Values that no gradient may pass: give them to `differentiate` as `constants`. */
  readonly constants: readonly Value[];
}

/**
 * Connectionist temporal classification: −ln of the summed probability of all alignments of a target with the frames.
 *
 * An alignment names one class for each frame; merging repeats and dropping blanks gives the target. States are
 * blank, y_1, blank, …, y_L, blank; e_t(s) is the log probability of state s's class in frame t.
 *
 * α_t(s) = e_t(s) + ln( exp α_{t−1}(s) + exp α_{t−1}(s−1) + [s is a label other than that of s−2] exp α_{t−1}(s−2) )
 *
 * loss = −ln( exp α_{T−1}(S−1) + exp α_{T−1}(S−2) ),   γ_t(s) ∝ exp( α_t(s) + β_t(s) − e_t(s) )
 *
 * ∂loss/∂z_tv = softmax(z_t)_v − Σ_{s of class v} γ_t(s), and 0 beyond the row's frames. The graph gets this gradient without a
 * derivative of the recursion: it is also the gradient of the cross-entropy of z against the occupancy as a constant.
 *
 * α is kept as a logarithm, its maximum taken out in each frame. Probabilities scaled in each frame would leave the
 * range of float32 in long rows: at 500 frames and 60 labels entries of the gradient are then wrong by 1.
 *
 * @param logits z, float32[B, T, V]
 * @see Graves et al., "Connectionist Temporal Classification", 2006
 * @example
 * const { loss, constants } = ctcLoss(g, logits, { targets, frames });
 * const gradients = differentiate(graph, g.reduceMean(loss), [weight], { constants });
 */
export function ctcLoss(g: Builder, logits: Value, { targets, frames }: CtcTargets): CtcLoss {
  const logP = g.logSoftmax(logits, 2);
  const fixed = g.identity(logP);
  const lattice = latticeOf(g, fixed, targets, frames);
  const { alpha, beta, alphaScale } = bothWays(g, lattice, frames);

  const nll = g.neg(g.add(finalScore(g, alpha, lattice, frames), totalScale(g, alphaScale, lattice)));
  const possible = g.cast(g.less(nll, g.number(largestLoss, nll)), "float32");
  const gamma = g.softmax(g.sub(g.add(alpha, beta), lattice.scores), 2);
  const counted = g.mul(gamma, g.mul(lattice.live, g.reshape(possible, [-1, 1, 1])));
  const zeros = g.expand(g.number(0, logits), g.dims(logits));
  const occupancy = g.node("ScatterElements", [zeros, lattice.classes, counted], {
    axis: 2,
    reduction: "add",
  });
  // The value of this term is 0, its gradient that of the loss.
  const crossEntropy = g.neg(g.reduceSum(g.mul(occupancy, logP), { axes: [1, 2] }));
  const sameValue = g.identity(crossEntropy);
  const loss = g.add(
    g.where(g.greater(possible, g.number(0)), nll, g.number(0, nll)),
    g.sub(crossEntropy, sameValue),
  );
  return { loss, possible, occupancy, constants: [fixed, occupancy, sameValue] };
}

interface Lattice {
  /** e with the maximum of each frame taken out, float32[B, T, S]. */
  readonly scores: Value;
  /** That maximum, float32[B, T, 1]. */
  readonly scale: Value;
  /** Class of each state, int64[B, T, S]. */
  readonly classes: Value;
  /** Class of each state, int64[B, S]. */
  readonly states: Value;
  /** Number of states of each row, int64[B]. */
  readonly counts: Value;
  /** 1 in frames of the row, float32[B, T, 1]. */
  readonly live: Value;
}

function latticeOf(g: Builder, logP: Value, targets: Value, frames: Value): Lattice {
  const [batch, time] = g.dims(logP) as [number, number, number];
  const size = 2 * g.dims(targets)[1]! + 1;
  const blanks = g.expand(g.ints([0]), [batch, size >> 1, 1]);
  const pairs = g.reshape(g.concat([blanks, g.unsqueeze(targets, [2])], 2), [batch, size - 1]);
  const states = g.concat([pairs, g.expand(g.ints([0]), [batch, 1])], 1);
  const labels = g.reduceSum(g.cast(g.greater(targets, g.number(0, targets)), "int64"), { axes: [1] });
  const counts = g.add(g.mul(labels, g.number(2, labels)), g.number(1, labels));
  const classes = g.expand(g.unsqueeze(states, [1]), [batch, time, size]);
  const exists = g.unsqueeze(g.less(positions(g, size), g.unsqueeze(counts, [1])), [1]);
  const all = g.node("GatherElements", [logP, classes], { axis: 2 });
  const scores = g.where(exists, all, g.number(impossible));
  const scale = g.reduceMax(scores, { axes: [2], keepdims: true });
  const live = g.cast(g.less(positions(g, time), g.unsqueeze(frames, [1])), "float32");
  return { scores: g.sub(scores, scale), scale, classes, states, counts, live: g.unsqueeze(live, [2]) };
}

const positions = (g: Builder, count: number): Value =>
  g.constant(
    int64(
      [count],
      Array.from({ length: count }, (_, i) => i),
    ),
  );

/** α and β, float32[B, T, S], each up to a constant of the frame. β is the α of the reversed problem. */
function bothWays(g: Builder, { scores, states, counts }: Lattice, frames: Value) {
  const [batch, , size] = g.dims(scores) as [number, number, number];
  const swapped = [0, 2, 1];
  const flip = (x: Value): Value => {
    const states = g.node("ReverseSequence", [g.transpose(x, swapped), counts], along);
    return g.node("ReverseSequence", [g.transpose(states, swapped), frames], along);
  };
  const backward = g.node("ReverseSequence", [states, counts], along);
  const sequence = g.transpose(g.concat([scores, flip(scores)], 0), [1, 0, 2]);
  const skips = g.concat([skipScores(g, states), skipScores(g, backward)], 0);
  const start = [0, ...new Array<number>(size - 1).fill(impossible)];
  const state = g.expand(g.constant(float32([1, size], start)), [2 * batch, size]);
  const [stacked, maxima] = appendScan(g, { state, sequence, constants: [skips] }, forwardStep) as [
    Value,
    Value,
  ];
  const rows = (x: Value, from: number): Value =>
    g.transpose(g.slice(x, { starts: [from], ends: [from + batch], axes: [1] }), [1, 0, 2]);
  return { alpha: rows(stacked, 0), beta: flip(rows(stacked, batch)), alphaScale: rows(maxima, 0) };
}

const along = { batch_axis: 0, time_axis: 1 };

/** 0 where state s may follow state s − 2: a label other than the one before. Else {@link impossible}. */
function skipScores(g: Builder, states: Value): Value {
  const [batch, size] = g.dims(states) as [number, number];
  const before = g.concat(
    [g.expand(g.ints([0]), [batch, 2]), g.slice(states, { starts: [0], ends: [size - 2], axes: [1] })],
    1,
  );
  const isLabel = g.greater(states, g.number(0, states));
  const second = g.greater(positions(g, size), g.number(1, states));
  const differs = g.node("Not", [g.equal(states, before)], {});
  const allowed = g.and(g.and(isLabel, second), differs);
  return g.where(allowed, g.number(0), g.number(impossible));
}

/** One frame of the recursion for all rows: the new α, renormalised, and the maximum that was taken out. */
function forwardStep(
  g: Builder,
  { state, entry, constants: [skips] }: { state: Value; entry: Value; constants: readonly Value[] },
) {
  const shifted = (by: number): Value => g.pad(state, [0, by, 0, -by], impossible);
  const one = shifted(1);
  const two = g.add(shifted(2), skips!);
  const most = g.max(g.max(state, one), two);
  const exp = (x: Value): Value => g.exp(g.sub(x, most));
  const sum = g.log(g.add(g.add(exp(state), exp(one)), exp(two)));
  const next = g.add(g.add(sum, most), entry);
  const maximum = g.reduceMax(next, { axes: [1], keepdims: true });
  const kept = g.max(g.sub(next, maximum), g.number(impossible));
  return { state: kept, kept: [kept, maximum] };
}

/** ln( exp α(S−1) + exp α(S−2) ) in the row's last frame, float32[B]. */
function finalScore(g: Builder, alpha: Value, { counts }: Lattice, frames: Value): Value {
  const [, time, size] = g.dims(alpha) as [number, number, number];
  const one = g.number(1, frames);
  const last = g.equal(positions(g, time), g.unsqueeze(g.sub(frames, one), [1]));
  const states = g.where(g.unsqueeze(last, [2]), alpha, g.number(0));
  const row = g.reduceSum(states, { axes: [1] });
  const distance = g.sub(g.unsqueeze(counts, [1]), positions(g, size));
  const ends = g.and(g.greater(distance, g.number(0, distance)), g.less(distance, g.number(3, distance)));
  const scores = g.where(ends, row, g.number(impossible));
  const most = g.reduceMax(scores, { axes: [1], keepdims: true });
  return g.add(g.squeeze(most, [1]), g.log(g.reduceSum(g.exp(g.sub(scores, most)), { axes: [1] })));
}

/** The constants that were taken out of α over the row's frames, float32[B]. */
function totalScale(g: Builder, alphaScale: Value, { scale, live }: Lattice): Value {
  return g.reduceSum(g.mul(g.add(scale, alphaScale), live), { axes: [1, 2] });
}
