import { describe, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { rowsOf, wholeOf } from "../../core/results/rows.js";
import { type LabelledRows, scoreClients } from "./score-clients.js";
import { parseSkew, splitClients } from "./split-clients.js";

const [dims, classes] = [6, ["a", "b", "c", "d"]];

/** Features of classes that overlap a little. */
function made(samples: number, seed: number): LabelledRows {
  const own = draws(seed, "rows");
  const labels = Array.from({ length: samples }, (_, i) => i % classes.length);
  const rows = labels.flatMap((label) =>
    Array.from({ length: dims }, (_, t) => 2 + own.normal() + (t === label ? 3 : 0)),
  );
  return { rows: rowsOf(Float32Array.from(rows), dims), labels };
}

const settings = { rounds: 20, localEpochs: 1, lr: 3, seed: 5 };
const [train, held] = [made(400, 1), made(200, 2)];
const scored = (skew: string, more: object = {}) =>
  scoreClients(train, held, {
    classes,
    clients: splitClients(train.labels, classes.length, { clients: 4, skew: parseSkew(skew), seed: 5 }),
    ...settings,
    ...more,
  });
const rowOf = ({ rows }: Awaited<ReturnType<typeof scored>>, model: string) =>
  rows.find((one) => one.model === model)!;

test.each(["none", "dirichlet:0.2", "classes:1"])(
  "%s: sums of the clients answer as all samples in one place",
  async (skew) => {
    const found = await scored(skew);
    const [sums, central] = [rowOf(found, "sums"), rowOf(found, "central-sums")];
    expect(sums).toMatchObject({
      accuracy: central.accuracy,
      accuracy_ci95: central.accuracy_ci95,
      rounds: 1,
    });
    expect(sums.accuracy).toBeGreaterThan(0.8);
    expect(sums.accuracy_ci95![0]).toBeLessThan(sums.accuracy);
    // On a convex head FedAvg comes near.
    expect(rowOf(found, "fedavg").accuracy).toBeGreaterThan(sums.accuracy - 0.1);
    expect(rowOf(found, "fedprox").accuracy).toBeGreaterThan(sums.accuracy - 0.1);
  },
);

describe("clients of one class", () => {
  test("know only that class, alone", async () => {
    const found = await scored("classes:1");
    // Each class has a quarter of the test samples.
    expect(found.alone).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(rowOf(found, "alone-mean")).toMatchObject({
      accuracy: 0.25,
      rounds: null,
      bytes_up: null,
      worst_client: 1,
    });
    expect(rowOf(found, "alone-worst")).toMatchObject({ accuracy: 0.25, worst_client: null });
  });

  test("are served as well as the class that is recognised least", async () => {
    const { worst_client: worst, accuracy } = rowOf(await scored("classes:1"), "sums");
    expect(worst).toBeLessThanOrEqual(accuracy);
    // The mean recall of classes of equal size is the accuracy.
    expect(worst).toBeGreaterThan(1 - 4 * (1 - accuracy) - 1e-9);
  });
});

test("steps that diverge are named, by a loss above that of the first weights", async () => {
  const usual = await scored("dirichlet:0.5");
  const stepped = ["fedavg", "fedprox", "central-steps"];
  for (const { model, training_loss: loss, diverged } of usual.rows) {
    expect(loss !== undefined, model).toBe(stepped.includes(model));
    if (loss !== undefined) expect(loss, model).toBeLessThan(Math.log(classes.length));
    expect(diverged, model).toBeUndefined();
  }
  const far = await scored("dirichlet:0.5", { lr: 100, rounds: 5 });
  const steps = rowOf(far, "central-steps");
  expect(steps.training_loss).toBeGreaterThan(Math.log(classes.length));
  expect(steps.diverged).toBe(true);
  expect(rowOf(far, "sums")).toEqual(rowOf(usual, "sums"));
});

test("one client has the model of all samples", async () => {
  const found = await scored("none", { clients: [[...train.labels.keys()]] });
  expect(rowOf(found, "fedavg").by_round).toEqual(rowOf(found, "central-steps").by_round);
  expect(found.alone).toEqual([rowOf(found, "sums").accuracy]);
});

test("a client whose samples are all alike answers its most frequent class", async () => {
  const alike = new Array<number>(3 * dims).fill(2);
  const rows = rowsOf(Float32Array.from([...alike, ...wholeOf(train.rows)]), dims);
  const joined = { rows, labels: [2, 1, 2, ...train.labels] };
  const clients = [[0, 1, 2], train.labels.map((_, i) => 3 + i)];
  const { alone } = await scoreClients(joined, held, { ...settings, classes, clients });
  expect(alone[0]).toBe(held.labels.filter((label) => label === 2).length / held.labels.length);
});

describe("updates of the last round", () => {
  const validation = train.labels.flatMap((_, i) => (i % 4 < 2 ? [i] : []));

  test("are scored on the validation samples, for each client with other samples", async () => {
    const clients = [train.labels.flatMap((_, i) => (i % 4 === 2 ? [i] : [])), validation.slice(0, 9)];
    const rest = train.labels.flatMap((_, i) => (i % 4 === 3 ? [i] : []));
    const { updates } = await scored("none", { clients: [...clients, rest], validation });
    expect(updates[1]).toBeUndefined();
    expect(updates[0]).toMatchObject({ n: validation.length });
    expect(updates[2]!.with).toBe(updates[0]!.with);
    // Clients learn of c and d, and all validation samples are of a and b.
    expect(updates[0]!.with).toBe(0);
  });

  test("change no row of the table, and are none without validation samples", async () => {
    const some = train.labels.flatMap((_, i) => (i % 3 === 0 ? [i] : []));
    const [plain, more] = [await scored("none"), await scored("none", { validation: some })];
    expect(more.rows).toEqual(plain.rows);
    expect(plain.updates).toEqual([undefined, undefined, undefined, undefined]);
    expect(more.updates.every((one) => one!.with > 0.7)).toBe(true);
  });
});

test("a client without samples is named", async () => {
  const clients = [[...train.labels.keys()], []];
  await expect(scored("none", { clients })).rejects.toMatchObject({
    kind: "DataError",
    message: "client 2 of 2 has no samples",
    help: "leave it out, or give it some",
  });
});

test("bytes are those of the numbers that are sent", async () => {
  const found = await scored("classes:2");
  const head = 4 * classes.length * (dims + 1);
  // Two classes of Σ ‖x‖ and Σ z, and the triangle of Σ z zᵀ, in float64.
  expect(rowOf(found, "sums")).toMatchObject({ bytes_up: 8 * (2 * (1 + dims) + 21), bytes_down: head });
  expect(rowOf(found, "fedavg")).toMatchObject({
    rounds: 20,
    bytes_up: 8 * (dims + 2) + 20 * head,
    bytes_down: 8 * (dims + 1) + 20 * head,
  });
});

test("groups of test samples widen the interval", async () => {
  const clients = splitClients(train.labels, 4, { clients: 4, skew: { kind: "none" }, seed: 5 });
  const options = { classes, clients, rounds: 1, localEpochs: 1, lr: 3, seed: 5 };
  const groups = held.labels.map((label, i) => `${label}-${Math.floor(i / 50)}`);
  const { rows } = await scoreClients(train, { ...held, groups }, options);
  const { rows: single } = await scoreClients(train, held, options);
  const width = ([low, high]: readonly [number, number]) => high - low;
  expect(width(rows[0]!.accuracy_ci95!)).toBeGreaterThan(width(single[0]!.accuracy_ci95!));
});

test("the same seed gives the same table, and an abort stops it", async () => {
  expect(await scored("dirichlet:0.5")).toEqual(await scored("dirichlet:0.5"));
  await expect(scored("none", { signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: "Interrupted",
  });
});
