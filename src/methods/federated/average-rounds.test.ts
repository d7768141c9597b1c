import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type AverageOptions,
  averageRounds,
  averagesWithout,
  type FederatedClient,
} from "./average-rounds.js";

interface Golden extends Pick<AverageOptions, "dims" | "classes"> {
  readonly clients: readonly { readonly rows: readonly number[]; readonly labels: readonly number[] }[];
  readonly runs: readonly (Omit<AverageOptions, "dims" | "classes" | "order"> & {
    /** By client, round and epoch. */
    readonly orders: readonly (readonly (readonly (readonly number[])[])[])[];
    readonly after: readonly (readonly number[])[];
  })[];
}
// From NumPy with gradients by central differences, scripts/golden/make-federated.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/federated.json", import.meta.url), "utf8"),
) as Golden;
const { dims, classes } = golden;
const clients: readonly FederatedClient[] = golden.clients.map(({ rows, labels }) => ({
  rows: Float64Array.from(rows),
  labels,
}));

/** Weights after each round. */
const rounds = (members: readonly FederatedClient[], options: Partial<AverageOptions>): number[][] =>
  Array.from(
    averageRounds(members, {
      ...{ dims, classes, rounds: 3, localEpochs: 1, batch: 100, rate: 0.5 },
      order: (k) => Array.from(members[k]!.labels, (_, i) => i),
      ...options,
    }),
    (w) => [...w],
  );

/** Largest difference of the weights of all rounds. */
const distance = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flat().map((value, i) => Math.abs(value - b.flat()[i]!)));

test.each(golden.runs)(
  "the weights are NumPy's: $rounds rounds of $localEpochs epochs, batch $batch, η $serverRate, μ $proximal",
  ({ orders, after, ...settings }) => {
    const found = rounds(clients, { ...settings, order: (k, round, epoch) => orders[k]![round]![epoch]! });
    expect(found.length).toBe(after.length);
    // Central differences with h = 1e-5 have an error of about h².
    expect(distance(found, after)).toBeLessThan(1e-8);
  },
);

const joined: FederatedClient = {
  rows: Float64Array.from(golden.clients.flatMap(({ rows }) => rows)),
  labels: golden.clients.flatMap(({ labels }) => labels),
};

describe("one full-batch step a round", () => {
  test("of all clients is gradient descent on all samples", () => {
    expect(distance(rounds(clients, {}), rounds([joined], {}))).toBeLessThan(1e-14);
  });

  test("of FedProx is that of FedAvg: it begins where the penalty is 0", () => {
    expect(rounds(clients, { proximal: 5 })).toEqual(rounds(clients, {}));
  });
});

test("a larger μ keeps clients nearer to the weights of the server", () => {
  const lengthOf = (proximal: number): number =>
    Math.hypot(...rounds(clients, { rounds: 1, localEpochs: 20, batch: 2, proximal })[0]!);
  expect(lengthOf(1)).toBeLessThan(lengthOf(0.1));
  expect(lengthOf(0.1)).toBeLessThan(lengthOf(0));
});

test("one client alone trains as if there were no server", () => {
  const [one] = clients;
  expect(distance(rounds([one!], { rounds: 3 }), rounds([one!], { rounds: 3, serverRate: 1 }))).toBe(0);
  const alone = rounds([one!], { rounds: 1, localEpochs: 3, batch: 2 });
  expect(distance(alone, rounds([one!], { rounds: 3, batch: 2 }).slice(-1))).toBeLessThan(1e-14);
});

describe("the average without a client", () => {
  const options = {
    ...{ dims, classes, rounds: 1, localEpochs: 3, batch: 2, rate: 0.5, serverRate: 0.7 },
    order: (k: number) => Array.from(clients[k]!.labels, (_, i) => i),
  };
  const all = rounds(clients, options)[0]!;
  const zeros = new Float64Array(all.length);
  const without = [...averagesWithout(clients, zeros, Float64Array.from(all), options)];

  test("is, after the first round, the average of the others alone", () => {
    for (const [k, found] of without.entries()) {
      const others = clients.filter((_, i) => i !== k);
      const order = (i: number) => Array.from(others[i]!.labels, (_, n) => n);
      // Rounding of a few additions of numbers near 1.
      expect(distance([[...found]], rounds(others, { ...options, order }))).toBeLessThan(1e-14);
    }
  });

  test("is one for each client, and none of a single client", () => {
    expect(without.length).toBe(clients.length);
    expect([...averagesWithout([joined], zeros, zeros, options)]).toEqual([]);
  });
});
