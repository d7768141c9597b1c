// A simulation of clients, end to end: data, base and command line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FederateOptions, simulateFederated, train } from "../../src/index.js";
import { engraft, once, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-federate-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, rounds: 3, clients: 3, base: path("base") } as const;
const simulated = (options: FederateOptions = {}) =>
  simulateFederated(path("insects"), { ...quick, ...options });
const first = once(() => simulated());

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  tinyBase(path("base"));
  await tinyData(path("insects"), { ant: 30, bee: 30, cow: 30 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the row of the sums is the score of a run with --strategy sums on all samples", {
  tags: ["thorough"],
}, async () => {
  const run = await train(path("insects"), {
    ...{ task: "image-classification", strategy: "sums", baselines: false },
    ...{ base: quick.base, threads: 1, out: path("run") },
  });
  const { rows, test: n, clients, features } = await first();
  expect(rows.map(({ model }) => model)).toEqual([
    ...["sums", "fedavg", "fedprox", "alone-mean", "alone-worst", "central-sums", "central-steps"],
  ]);
  expect(rows[0]).toMatchObject({ accuracy: run.test.accuracy, accuracy_ci95: run.test.accuracy_ci95 });
  expect(n).toBe(run.test.n);
  // Clients have every sample but the test split.
  expect(clients.reduce((sum, { samples }) => sum + samples, 0)).toBe(run.split.train + run.split.validation);
  expect(rows[1]!.by_round!.length).toBe(3);
  expect(features).toBeGreaterThan(0);
});

test("the same options give the same result, another seed another division", async () => {
  const { seconds: _, ...before } = await first();
  const { seconds: __, ...again } = await simulated();
  expect(again).toEqual(before);
  expect((await simulated({ skew: "classes:1", rounds: 1 })).clients.map(({ classes }) => classes)).toEqual([
    1, 1, 1,
  ]);
});

test("the command line prints the table, and JSON", async () => {
  const args = ["federate", "simulate", "insects", "--base", "base", "--clients", "3", "--rounds", "2"];
  const shown = await engraft(args, { cwd: root });
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/model +accuracy +95 % interval +rounds +up +down +worst client/);
  expect(shown.out).toMatch(/feature sums +\d+\.\d % +\d/);
  expect(shown.out).toContain("one round, the same answer as with all samples in one place");
  expect(shown.out).toMatch(/FedAvg {5}\d+\.\d % after 1 round, \d+\.\d % after 2 rounds/);
  expect(shown.out).toMatch(/^updates +FedAvg, trained without the \d+ validation pictures, has \d/m);
  const even = await engraft([...args, "--skew", "none"], { cwd: root });
  expect(even.out).toMatch(/3 with \d+ training pictures of 3 classes/);
  const { events } = await engraft([...args, "--json"], { cwd: root });
  expect(events.at(-1)).toMatchObject({
    event: "result",
    task: "federated-simulation",
    local_epochs: 1,
    skew: "dirichlet:0.5",
  });
  // The scores of the last updates are of the validation split: no client learns from it, and it is not the test split.
  const result = await first();
  const scores = result.clients.flatMap((one) => one.last_update ?? []);
  const samples = result.clients.reduce((sum, one) => sum + one.samples, 0);
  expect(scores.length).toBeGreaterThan(0);
  for (const { n } of scores) expect(n).toBeLessThan(samples / 3);
});

test.each<[string, FederateOptions, string]>([
  [
    "a skew that is none",
    { skew: "some" },
    'skew must be none, dirichlet:A with A from 0.01 to 1000, or classes:K with K from 1, got "some"',
  ],
  [
    "more classes than there are",
    { skew: "classes:4" },
    "--skew classes:4 does not divide 3 classes among 3 clients",
  ],
  ["one client", { clients: 1 }, "clients is 1"],
  ["more clients than samples", { clients: 70, skew: "none" }, "leave one of 70 clients with fewer than 2"],
  ["no rounds", { rounds: 0 }, "rounds is 0"],
  ["a learning rate of 0", { lr: 0 }, "lr is 0"],
])("refuses %s", async (_, options, text) => {
  const error = await simulated(options).catch((thrown: Error) => thrown);
  expect((error as Error).message).toContain(text);
});

test("refuses a table, and words that are no data", async () => {
  mkdirSync(path("tables"));
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? "yes" : "no"}`);
  writeFileSync(path("tables", "rows.csv"), `a,b\n${rows.join("\n")}`);
  await expect(simulateFederated(path("tables", "rows.csv"), { threads: 1 })).rejects.toThrow(
    "the command federate",
  );
  const shown = await engraft(["federate", "insects"], { cwd: root });
  expect(shown.code).toBe(2);
  expect(shown.err).toContain('federate knows no "insects"');
  expect(shown.err).toContain("engraft federate simulate insects");
});
