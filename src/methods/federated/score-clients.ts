import { EngraftError, stopIf } from "../../core/errors.js";
import type { FederatedRow } from "../../core/federated-result.js";
import { permutation } from "../../core/random.js";
import { type Rows, rowsAt, rowsOf } from "../../core/results/rows.js";
import { multiply } from "../../linalg/products.js";
import { estimate } from "../../statistics/index.js";
import { mean } from "../../statistics/samples.js";
import {
  addSums,
  areAlike,
  classesOf,
  collectClassSums,
  type FeatureSums,
  namesOf,
  triangleOf,
} from "../sums/feature-sums.js";
import { solveSums } from "../sums/solve-sums.js";
import { averageRounds, type FederatedClient, scaledRows } from "./average-rounds.js";
import { scoreUpdates } from "./score-updates.js";
import { rightOf, scoringOfClasses } from "./scoring.js";

/** Features of samples with classes. */
export interface LabelledRows {
  /** float32[n, D] */
  readonly rows: Rows;
  /** int[n], 0 … C − 1 */
  readonly labels: readonly number[];
  readonly groups?: readonly string[] | undefined;
}

interface ScoreClientsOptions {
  readonly classes: readonly string[];
  /** Places of the training samples of each client. */
  readonly clients: readonly (readonly number[])[];
  readonly rounds: number;
  readonly localEpochs: number;
  /** Learning rate of the local steps. */
  readonly lr: number;
  readonly seed: number;
  /** Places of the training samples that score the last update of each client. Default: none. */
  readonly validation?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** μ of FedProx. Li et al. (2020), section 5.3, choose from 0.001 to 1. */
const proximal = 0.1;
/** Samples of a local step. */
const batch = 32;
/** Bytes of a number: weights are sent as float32, sums as float64. */
const [single, double] = [4, 8];

/**
 * Trains the models that clients can make together or alone, one after the other in this process, and scores them.
 * @returns a row for each model, the accuracy of the head that each client solves of its own sums, and scores of the last updates
 */
export async function scoreClients(train: LabelledRows, test: LabelledRows, options: ScoreClientsOptions) {
  const { classes, clients, rounds, signal } = options;
  const { width: dims } = train.rows;
  const all = [...train.labels.keys()];
  const sumsOf = (places: readonly number[]) => {
    const { rows, labels } = partOf(train, places);
    return collectClassSums(rowsOf(rows, dims), labels, classes, { signal });
  };
  const rightBySums = (sums: FeatureSums): Right => {
    const outputs = namesOf(sums).map((name) => classes.indexOf(name));
    return { right: rightOf(test, { ...solveSums(sums), outputs }) };
  };
  /** A client whose samples are all alike has no head: it answers its most frequent class. */
  const rightAlone = (own: FeatureSums): Right => {
    if (!areAlike(own)) return rightBySums(own);
    const most = classesOf(own).reduce((a, b) => (b.count > a.count ? b : a));
    return { right: test.labels.map((label) => Number(classes[label] === most.name)) };
  };
  let joint: FeatureSums | undefined;
  let up = 0;
  const alone: Right[] = [];
  for (const [k, places] of clients.entries()) {
    if (places.length === 0)
      throw new EngraftError("DataError", `client ${k + 1} of ${clients.length} has no samples`, {
        help: "leave it out, or give it some",
      });
    const own = await sumsOf(places);
    alone.push(rightAlone(own));
    // As a shared file has them: Σ ‖x‖ and Σ z of each class, and S.
    up = Math.max(up, double * (classesOf(own).length * (1 + dims) + triangleOf(dims)));
    joint = joint ? addSums(joint, own) : own;
  }
  const central = await sumsOf(all);
  const scaled = (given: LabelledRows) => ({ ...given, rows: scaledRows(given.rows, joint!) });
  const [own, other] = [scaled(train), scaled(test)];
  const trained = (members: ScoreClientsOptions["clients"], mu: number) => {
    const parts = members.map((places) => partOf(own, places));
    return trainByRounds(parts, other, { ...options, proximal: mu });
  };
  const head = single * classes.length * (dims + 1);
  // Before the first round each client sends n, Σ z and Σ ‖z‖², and receives m and t.
  const sent = {
    rounds,
    bytes_up: double * (dims + 2) + rounds * head,
    bytes_down: double * (dims + 1) + rounds * head,
  };
  const accuracies = alone.map(({ right }) => mean(right));
  const worst = alone[accuracies.indexOf(Math.min(...accuracies))]!;
  const ofClients = clients.map((places) => partOf(train, places).labels);
  const row = scorerOf(test, ofClients, classes.length);
  return {
    updates: await updatesOf(own, options),
    rows: [
      row("sums", [rightBySums(joint!)], { rounds: 1, bytes_up: up, bytes_down: head }),
      row("fedavg", [await trained(clients, 0)], sent),
      row("fedprox", [await trained(clients, proximal)], sent),
      row("alone-mean", alone),
      { ...row("alone-worst", [worst]), worst_client: null },
      row("central-sums", [rightBySums(central)]),
      row("central-steps", [await trained([all], 0)]),
    ],
    alone: accuracies,
  };
}

/** Returns some samples in memory. */
const partOf = ({ rows, labels }: LabelledRows, places: readonly number[]) => ({
  rows: rowsAt(rows, places),
  labels: places.map((i) => labels[i]!),
});

/** Whether a model is right for each test sample, 1 or 0; for models of several rounds, the last one's. */
interface Right {
  readonly right: readonly number[];
  readonly byRound?: readonly number[];
  /** Mean cross-entropy on the training samples after the last round. */
  readonly loss?: number;
}

/**
 * Trains FedAvg once more without the validation samples, and scores on these the last average with and without each client's last update.
 * @returns undefined for a client that has only validation samples, or if there are no such samples
 */
async function updatesOf(train: LabelledRows, options: ScoreClientsOptions) {
  const { classes, clients, validation = [], signal } = options;
  const held = new Set(validation);
  const learnt = clients.map((places) => places.filter((i) => !held.has(i)));
  if (validation.length === 0) return learnt.map(() => undefined);
  const members = learnt.filter((places) => places.length > 0).map((places) => partOf(train, places));
  const { rows, labels } = partOf(train, validation);
  const scoring = scoringOfClasses({ rows: rowsOf(rows, train.rows.width), labels, names: classes });
  const scores = await scoreUpdates(members, roundsOf(members, train.rows.width, options), scoring, signal);
  let next = 0;
  return learnt.map((places) => (places.length > 0 ? scores[next++] : undefined));
}

/** Returns the settings of the rounds, with the order in which clients draw their samples. */
const roundsOf = (
  members: readonly FederatedClient[],
  dims: number,
  { classes, seed, lr: rate, rounds, localEpochs }: ScoreClientsOptions,
) => ({
  ...{ dims, classes: classes.length, rounds, localEpochs, batch, rate },
  order: (k: number, round: number, epoch: number) =>
    permutation(members[k]!.labels.length, seed, "federated-order", k, round, epoch),
});

/** Trains a head by rounds of gradient steps, and scores it after each. */
async function trainByRounds(
  members: readonly FederatedClient[],
  test: LabelledRows,
  options: ScoreClientsOptions & { readonly proximal: number },
): Promise<Right> {
  const { classes, signal, proximal } = options;
  const byRound: number[] = [];
  let right: readonly number[] = [];
  let last: Float64Array | undefined;
  const rounds = averageRounds(members, { ...roundsOf(members, test.rows.width, options), proximal });
  for (const weight of rounds) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
    right = rightOf(test, { weight, outputs: [...classes.keys()] });
    byRound.push(mean(right));
    last = weight;
  }
  return { right, byRound, loss: crossEntropyOf(members, last!, classes.length) };
}

/** Returns the mean cross-entropy of a head over the samples of all clients. @param weight float64[C, D] */
function crossEntropyOf(members: readonly FederatedClient[], weight: Float64Array, classes: number): number {
  const losses = members.flatMap(({ rows, labels }) => {
    const n = labels.length;
    const z = new Float64Array(n * classes);
    multiply(rows, n, weight.length / classes, weight, classes, z);
    return Array.from({ length: n }, (_, i) => {
      const own = z.subarray(i * classes, (i + 1) * classes);
      const highest = Math.max(...own);
      return highest + Math.log(own.reduce((sum, v) => sum + Math.exp(v - highest), 0)) - own[labels[i]!]!;
    });
  });
  return mean(losses);
}

/** Returns a function that makes the row of a model: one of all clients, or one of each. */
function scorerOf(
  { labels, groups }: LabelledRows,
  ofClients: readonly (readonly number[])[],
  classes: number,
) {
  const places = Array.from({ length: classes }, (_, c) => [...labels.keys()].filter((i) => labels[i] === c));
  /** Accuracy on the test samples, weighted by the classes of a client. Classes without test samples do not count. */
  const onClassesOf = (own: readonly number[], { right }: Right): number => {
    const recalls = places.map((own) => mean(own.map((i) => right[i]!)));
    return mean(own.map((label) => recalls[label]!).filter(Number.isFinite));
  };
  return (
    model: FederatedRow["model"],
    models: readonly Right[],
    sent: Pick<FederatedRow, "rounds" | "bytes_up" | "bytes_down"> = notSent,
  ): FederatedRow => {
    const scores = labels.map((_, i) => mean(models.map(({ right }) => right[i]!)));
    const { value, interval } = estimate([scores], { range: "share", ...(groups && { groups }) });
    const loss = models[0]?.loss;
    const ofOwn = ofClients.map((own, k) => onClassesOf(own, models[k % models.length]!));
    return {
      model,
      accuracy: value,
      accuracy_ci95: interval,
      ...sent,
      worst_client: Math.min(...ofOwn.filter(Number.isFinite)),
      ...(models[0]?.byRound && { by_round: models[0].byRound }),
      ...(loss !== undefined && {
        training_loss: loss,
        ...(!(loss <= Math.log(classes)) && { diverged: true }),
      }),
    };
  };
}

const notSent = { rounds: null, bytes_up: null, bytes_down: null };
