import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChooseForm, ChosenForms } from "../../autodiff/rules/conv-forms.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { CostStore, CostTable, Runtime } from "../../runtime/runtime.js";
import { halving } from "../../testing/halving.js";
import type { FitOptions } from "../fit-options.js";
import { choosesForms } from "./choose-forms.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const key = "dx 2×32×8×8 32×32×3×3 by 2,2 1,1 1,1,1,1 1";

/** One convolution: 32 · 4 · 4 · 32 · 9 = 147,456 multiplications per image. */
function options(epochs: number, table: CostTable, kept?: ChosenForms) {
  const graph = new Graph("net");
  graph.input("x", { dtype: "float32", shape: ["batch", 32, 8, 8] });
  graph.input("w", { dtype: "float32", shape: [32, 32, 3, 3] });
  graph.outputs.push(new Builder(graph).conv("x", "w", "", { strides: [2, 2], pads: [1, 1, 1, 1] }));
  const saved: { table?: CostTable; forms?: ChosenForms } = {};
  const told: string[] = [];
  const costs: CostStore = {
    load: async () => table,
    save: async (now) => {
      saved.table = now;
    },
  };
  const own = { training: runtime.training.bind(runtime), costs };
  const forms = {
    load: async () => kept,
    save: async (now: ChosenForms) => {
      saved.forms = now;
    },
  };
  const onEvent = (e: EngraftEvent) => {
    if (e.event === "progress") told.push(`${e.stage} ${e.phase} ${e.done}/${e.total} ${e.unit}`);
  };
  const sizes = { batch: 2, epochs, stepsPerEpoch: 10 };
  const given = { runtime: own, model: graph, ...sizes, store: { forms }, stage: "finetune", onEvent };
  return { saved, told, given: given as unknown as FitOptions };
}
const record = (choose: ChooseForm) => {
  choose("dx", halving);
};
const never = () => {
  throw new Error("was asked");
};
// 3 · 147,456 · 2 · 10 · epochs = 5e13
const many = 5.7e6;

test("a short training is computed by the rule: nothing is measured", async () => {
  const { saved, given } = options(100, { [key]: { phases: 2, transposed: 1 } });
  expect(await choosesForms(given, never)).toBeUndefined();
  expect(saved).toEqual({});
});

test("a long one measures what is not known, and notes what it chose", async () => {
  const { saved, told, given } = options(many, {});
  const choose = await choosesForms(given, record);
  expect(told).toEqual(["finetune forms 0/1 trials", "finetune forms 1/1 trials"]);
  const times = saved.table![key]!;
  const faster = times.transposed! < 0.93 * times.phases! ? "transposed" : undefined;
  expect(choose!("dx", halving)).toBe(faster);
  expect(saved.forms).toEqual(faster ? { [key]: faster } : {});
});

test("a row that lacks a form, as of an older version, is measured and kept", async () => {
  const { saved, given } = options(many, { [key]: { phases: 2 } });
  await choosesForms(given, record);
  expect(Object.keys(saved.table![key]!)).toEqual(["phases", "transposed"]);
});

test("what is known is taken, and kept for when it goes on", async () => {
  const { saved, told, given } = options(many, { [key]: { phases: 2, transposed: 1 } });
  const choose = await choosesForms(given, record);
  expect(told).toEqual([]);
  expect(choose!("dx", halving)).toBe("transposed");
  expect(saved).toEqual({ forms: { [key]: "transposed" } });
});

test("one that goes on keeps its forms, whatever the table says now", async () => {
  for (const epochs of [1, many]) {
    const { saved, given } = options(epochs, { [key]: { phases: 2, transposed: 1 } }, {});
    const choose = await choosesForms(given, never);
    expect(choose!("dx", halving)).toBeUndefined();
    expect(saved).toEqual({});
  }
});
