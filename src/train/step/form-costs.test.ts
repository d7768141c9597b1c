import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ConvShape } from "../../autodiff/rules/conv-shape.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { CostTable, Runtime } from "../../runtime/runtime.js";
import { halving } from "../../testing/halving.js";
import { fastestForms, measureForms, type Wanted } from "./form-costs.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const grouped: ConvShape = { ...halving, w: [32, 8, 3, 3], group: 4 };
const wanted: readonly Wanted[] = [
  { gradient: "dx", shape: halving },
  { gradient: "dw", shape: halving },
  { gradient: "dw", shape: grouped },
];
const [dx, dw] = [
  "dx 2×32×8×8 32×32×3×3 by 2,2 1,1 1,1,1,1 1",
  "dw 2×32×8×8 32×32×3×3 by 2,2 1,1 1,1,1,1 1",
] as const;

test("each form of each gradient that has several is timed, and once", async () => {
  const table = await measureForms(runtime, wanted, {});
  expect(Object.keys(table)).toEqual([dx, dw]);
  expect(Object.keys(table[dx]!)).toEqual(["phases", "transposed"]);
  expect(new Set(Object.keys(table[dw]!))).toEqual(new Set(["im2col", "outer-shift"]));
  for (const row of Object.values(table)) for (const ms of Object.values(row)) expect(ms).toBeGreaterThan(0);
  const training = vi.spyOn(runtime, "training");
  expect(await measureForms(runtime, wanted, table)).toEqual(table);
  expect(training).not.toHaveBeenCalled();
  // Rows of other trainings stay; an incomplete row is measured again.
  const known: CostTable = { other: { a: 1 }, [dx]: { phases: 1e9 } };
  const more = await measureForms(runtime, wanted.slice(0, 1), known);
  expect(training).toHaveBeenCalledTimes(1);
  expect(more).toMatchObject({ other: { a: 1 } });
  expect(more[dx]!.phases).toBeLessThan(1e9);
  training.mockRestore();
});

test("what would not fit is left to the rule, and a stop is heard", async () => {
  expect(await measureForms(runtime, wanted, {}, { mayTake: 1000 })).toEqual({});
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(measureForms(runtime, wanted, {}, { signal })).rejects.toMatchObject({ kind: "Interrupted" });
});

test("another form than the rule's is taken where it is faster by more than noise", () => {
  const rule = fastestForms(wanted, { [dx]: { phases: 10, transposed: 9.4 }, [dw]: { im2col: 10 } });
  expect(rule).toEqual({});
  const other = fastestForms(wanted, { [dx]: { phases: 10, transposed: 9.2 }, [dw]: {} });
  expect(other).toEqual({ [dx]: "transposed" });
});
