import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { failureOn, failuresOf, isGivenUp, reasonOf } from "./job-failures.js";

const hour = 3_600_000;
const error = new EngraftError("MachineError", 'this machine has no study "gone"', { help: "look" });
/** Failures on workers, each a minute after the one before. */
const on = (...workers: string[]) =>
  workers.map((worker, minute) => failureOn(worker, `host-${worker}`, minute * 60_000, error));

test("a job waits while a connected worker has not tried it", () => {
  expect(isGivenUp(on("a"), ["a", "b"], false, 60_000, hour)).toBe(false);
  expect(isGivenUp(on("a"), ["a", "b"], true, 60_000, hour)).toBe(false);
  expect(isGivenUp(on("a", "gone"), ["a", "b"], true, 60_000, hour)).toBe(false);
});

test("a job is given up when it failed on every connected worker", () => {
  expect(isGivenUp(on("a", "b"), ["a", "b"], false, 60_000, hour)).toBe(true);
  expect(isGivenUp(on("b", "a"), ["a"], false, 60_000, hour)).toBe(true);
});

test("a worker that is alone tries a job twice", () => {
  expect(isGivenUp(on("a"), ["a"], false, 60_000, hour)).toBe(false);
  expect(isGivenUp(on("a"), ["a"], true, 60_000, hour)).toBe(true);
});

test("a job is given up on its third worker, however many are connected", () => {
  const many = ["a", "b", "c", "d", "e"];
  expect(isGivenUp(on("a", "b"), many, false, 60_000, hour)).toBe(false);
  expect(isGivenUp(on("a", "b", "c"), many, false, 60_000, hour)).toBe(true);
});

test("a job is given up an hour after its first failure, and not before", () => {
  expect(isGivenUp(on("a"), ["a", "b"], true, hour - 1, hour)).toBe(false);
  expect(isGivenUp(on("a"), ["a", "b"], true, hour, hour)).toBe(true);
});

test("if the server does not tell its workers, three failures or an hour decide", () => {
  expect(isGivenUp(on("a", "b"), undefined, true, hour - 1, hour)).toBe(false);
  expect(isGivenUp(on("a", "b"), undefined, true, hour, hour)).toBe(true);
  expect(isGivenUp(on("a", "b", "c"), undefined, false, 0, hour)).toBe(true);
});

test("failures of a job are read as anyone may have written them", () => {
  const [failure] = on("a");
  expect(failuresOf({ failures: [failure] })).toEqual([failure]);
  const wrong = [null, 5, "x", {}, { ...failure, kind: "Other" }, { ...failure, host: 5 }];
  expect(failuresOf({ failures: wrong })).toEqual([]);
  for (const none of [null, undefined, 5, "x", {}, { failures: {} }, { failures: "abc" }])
    expect(failuresOf(none)).toEqual([]);
  expect(failuresOf({ failures: new Array(1e6).fill(failure) })).toHaveLength(4);
});

test("a failure holds at most 1,000 characters of a message", () => {
  const long = new EngraftError("DataError", "x ".repeat(2500), { help: "y ".repeat(2500) });
  const { message, help } = failureOn("a", "host", 0, long);
  expect([message.length, help!.length]).toEqual([1000, 1000]);
});

test("a reason names each machine once, with its workers, and the last message", () => {
  const last = failureOn("c", "host-a", 0, new EngraftError("MachineError", "the disk is full"));
  expect(reasonOf([])).toBe(undefined);
  expect(reasonOf(on("a"))).toBe(`host-a: ${error.message}`);
  expect(reasonOf([...on("a", "b"), last])).toBe("host-a (2 workers), host-b: the disk is full");
});
