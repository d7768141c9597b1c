import { piecesOf, type Rows, rowsOf } from "../../core/results/rows.js";
import { type Matrix, multiply, multiplyTransposed } from "../../linalg/products.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { type FeatureSums, momentsOf } from "../sums/feature-sums.js";

/** Samples of a client. */
export interface FederatedClient {
  /** [n, D]; the last column is 1, for the bias */
  readonly rows: Matrix;
  /** int[n], 0 … C − 1 */
  readonly labels: ArrayLike<number>;
}

/** Settings of {@link averageRounds}. */
export interface AverageOptions {
  /** D, with the column of the bias. */
  readonly dims: number;
  /** C */
  readonly classes: number;
  readonly rounds: number;
  /** Passes of a client over its samples in a round. */
  readonly localEpochs: number;
  /** Samples of a local step. */
  readonly batch: number;
  /** Learning rate of the local steps. */
  readonly rate: number;
  /** η, learning rate of the server. Default 1, the weighted mean of the clients. */
  readonly serverRate?: number;
  /** μ of FedProx. Default 0, FedAvg. */
  readonly proximal?: number;
  /** Returns the order of a client's samples in an epoch, 0 … n − 1. */
  readonly order: (client: number, round: number, epoch: number) => readonly number[];
}

/**
 * Trains a softmax head by federated averaging. All clients take part in each round, and begin at w = 0:
 *
 *     w_k: epochs of gradient steps from w on  F_k(w_k) + (μ/2) ‖w_k − w‖²
 *     w ← w + η Σ (n_k/n) Δ_k                  Δ_k = w_k − w
 *
 * F_k is the mean cross-entropy of the client's batch. μ = 0 is FedAvg, μ > 0 FedProx.
 * @yields w after each round, float64[C, D]; the array is used again
 * @see McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data (2017), algorithm 1
 * @see Li et al., Federated Optimization in Heterogeneous Networks (2020), section 3.2
 */
export function* averageRounds(
  clients: readonly FederatedClient[],
  options: AverageOptions,
): Generator<Float64Array, void> {
  const { dims, classes, rounds, serverRate = 1 } = options;
  const all = clients.reduce((n, { labels }) => n + labels.length, 0);
  const w = new Float64Array(classes * dims);
  for (let round = 0; round < rounds; round++) {
    const step = new Float64Array(w.length);
    for (const [k, client] of clients.entries()) {
      const own = trainLocally(client, w, options, (epoch) => options.order(k, round, epoch));
      const share = client.labels.length / all;
      for (let i = 0; i < w.length; i++) step[i]! += share * (own[i]! - w[i]!);
    }
    for (let i = 0; i < w.length; i++) w[i]! += serverRate * step[i]!;
    yield w;
  }
}

/**
 * Yields for each client the average of the last round without its update. The earlier rounds have its updates:
 *
 *     w + η Σ_(j ≠ k) n_j/(n − n_k) Δ_j
 *
 * @param before w before the last round, float64[C, D] @param after w after it, from {@link averageRounds}
 * @yields float64[C, D], none for a single client
 */
export function* averagesWithout(
  clients: readonly FederatedClient[],
  before: Float64Array,
  after: Float64Array,
  options: AverageOptions,
): Generator<Float64Array, void> {
  const { rounds, serverRate = 1, order } = options;
  const all = clients.reduce((n, { labels }) => n + labels.length, 0);
  if (clients.length < 2) return;
  for (const [k, client] of clients.entries()) {
    const own = trainLocally(client, before, options, (epoch) => order(k, rounds - 1, epoch));
    const share = client.labels.length / all;
    // after − before = η Σ (n_j/n) Δ_j over all clients
    yield before.map((w, i) => w + (after[i]! - w - serverRate * share * (own[i]! - w)) / (1 - share));
  }
}

/** Returns a client's weights after its local epochs. */
function trainLocally(
  { rows, labels }: FederatedClient,
  w: Float64Array,
  { dims, classes, localEpochs, batch, rate, proximal = 0 }: AverageOptions,
  orderOf: (epoch: number) => readonly number[],
): Float64Array {
  const own = Float64Array.from(w);
  const gradient = new Float64Array(w.length);
  for (let epoch = 0; epoch < localEpochs; epoch++) {
    const order = orderOf(epoch);
    for (let first = 0; first < order.length; first += batch) {
      const places = order.slice(first, first + batch);
      const n = places.length;
      const x = new Float64Array(n * dims);
      places.forEach((place, i) => {
        x.set(rows.subarray(place * dims, (place + 1) * dims), i * dims);
      });
      const z = new Float64Array(n * classes);
      multiply(x, n, dims, own, classes, z);
      // dF/dz = (softmax(z) − y) / n     dF/dw = (dF/dz)ᵀ x
      const dz = softmaxRows(z, classes);
      places.forEach((place, i) => {
        dz[i * classes + labels[place]!]! -= 1;
      });
      multiplyTransposed(dz, n, classes, x, dims, gradient);
      for (let i = 0; i < own.length; i++)
        own[i]! -= rate * (gradient[i]! / n + proximal * (own[i]! - w[i]!));
    }
  }
  return own;
}

/**
 * Returns rows for gradient steps, float32[n, D + 1]: u = (z − m) / √t and a 1 for the bias, with z = x / ‖x‖, m the mean and t the
 * variance of all z. No direction of (u, 1) has a mean square above 1, so the cross-entropy has a curvature of at most ½.
 * @param rows x, float32[n, D] @param sums of the samples of all clients
 */
export function scaledRows(rows: Rows, sums: FeatureSums): Rows {
  const { dims } = sums;
  const { mean: m, variance: t } = momentsOf(sums);
  const scaled = new Float32Array(rows.count * (dims + 1));
  for (const { first, count: n, values } of piecesOf(rows))
    for (let i = 0; i < n; i++) {
      const x = values.subarray(i * dims, (i + 1) * dims);
      const length = Math.sqrt(x.reduce((square, value) => square + value ** 2, 0)) || 1;
      const u = scaled.subarray((first + i) * (dims + 1));
      for (let j = 0; j < dims; j++) u[j] = (x[j]! / length - m[j]!) / Math.sqrt(t);
      u[dims] = 1;
    }
  return rowsOf(scaled, dims + 1);
}
