// Conformance suite of every runtime. It also proves that the weights change as computed. This is not self-evident: on
// wasm a given output buffer comes back unwritten, without an error.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { float32, int64, type Tensor, tensor, toNumbers } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import {
  branchWithFrozen,
  branchWithState,
  evaluation,
  type Form,
  forms,
  linear,
  training,
} from "./conformance-graphs.js";
import type { Runtime, TrainingSession } from "./runtime.js";

/** K batches of simple numbers: x_k, t_k, and the rate 1 / (10 + k). */
function batches(count: number, from = 0): Record<"x" | "t" | "rate", Tensor<"float32">> {
  const at = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));
  return {
    x: float32(
      [count, 2, 3],
      at(count * 6, (i) => Math.sin(1 + i + 6 * from)),
    ),
    t: float32(
      [count, 2, 2],
      at(count * 4, (i) => Math.cos(1 + i + 4 * from)),
    ),
    rate: float32(
      [count],
      at(count, (k) => 1 / (10 + from + k)),
    ),
  };
}

const w0 = [0.5, -0.25, 1, 0, -1, 0.75];

/** Computes the formula above in float64. */
function byHand(count: number, w: number[] = [...w0], v: number[] = new Array(6).fill(0)) {
  const { x, t, rate } = batches(count);
  const losses: number[] = [];
  for (let k = 0; k < count; k++) {
    const X = x.data.subarray(6 * k);
    const error = [0, 1, 2, 3].map((i) => {
      const [n, c] = [i >> 1, i & 1];
      return X[3 * n]! * w[c]! + X[3 * n + 1]! * w[2 + c]! + X[3 * n + 2]! * w[4 + c]! - t.data[4 * k + i]!;
    });
    losses.push(0.5 * error.reduce((sum, e) => sum + e * e, 0));
    v = v.map((old, i) => {
      const [f, c] = [i >> 1, i & 1];
      return 0.5 * old + X[f]! * error[c]! + X[3 + f]! * error[2 + c]!;
    });
    w = w.map((old, i) => old - rate.data[k]! * v[i]!);
  }
  return { w, v, losses };
}

/** Decimal digits: float32 against float64 over a few steps of numbers near 1. */
const digits = 5;

function close(actual: Tensor | undefined, expected: readonly number[]): void {
  const numbers = toNumbers(actual!);
  expect(numbers).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(numbers[i]).toBeCloseTo(value, digits);
}

/** Returns the error of a promise, as a user reads it. */
async function words(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => expect.unreachable("it must fail"),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngraftError);
  return (error as EngraftError).format();
}

/** Runs the suite for one runtime. */
export function runtimeConformance(
  name: string,
  open: () => Promise<Runtime>,
  more: typeof forms = [],
): void {
  const all = [...forms, ...more];
  describe(`the runtime of ${name}`, () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await open();
    });
    afterAll(() => runtime.close());

    const zeroV = float32([3, 2], new Array(6).fill(0));
    const started = (form: Form): Promise<TrainingSession> =>
      runtime.training(training(form), {
        state: new Map([
          ["w", float32([3, 2], w0)],
          ["v", zeroV],
        ]),
      });

    test("says what it is", () => {
      expect(runtime.name).toMatch(/^onnxruntime-(node|web)$/);
      expect(runtime.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(runtime.threads).toBeGreaterThan(0);
    });

    test("computes y = x w, and knows the types of its inputs and outputs", async () => {
      const session = await runtime.session(linear(w0));
      expect(session.inputs).toEqual([{ name: "x", type: { dtype: "float32", shape: ["N", 3] } }]);
      const output = session.outputs[0]!.name;
      const { [output]: y } = await session.run({ x: float32([2, 3], [1, 2, 3, -1, 0, 1]) });
      expect(y!.dims).toEqual([2, 2]);
      close(y, [0.5 + 2 - 3, -0.25 + 2.25, -0.5 - 1, 0.25 + 0.75]);
      await session.dispose();
    });

    test("leaves feeds as they were, and reads only the part of a buffer that a view covers", async () => {
      const session = await runtime.session(linear(w0));
      const buffer = Float32Array.of(9, 9, 9, 1, 2, 3, 9);
      const x = tensor("float32", [1, 3], buffer.subarray(3, 6));
      const { [session.outputs[0]!.name]: y } = await session.run({ x });
      close(y, [-0.5, 2]);
      expect([...buffer]).toEqual([9, 9, 9, 1, 2, 3, 9]);
    });

    test("passes every element type through unchanged", async () => {
      const values: Tensor[] = [
        float32([2], [1.5, -2]),
        tensor("float64", [2], Float64Array.of(1 / 3, -2)),
        tensor("float16", [2], Uint16Array.of(0x3c00, 0xc000)),
        tensor("int32", [2], Int32Array.of(-(2 ** 31), 7)),
        int64([2], [-(2n ** 60n), 7n]),
        tensor("uint8", [2], Uint8Array.of(0, 255)),
        tensor("bool", [2], Uint8Array.of(1, 0)),
        tensor("string", [2], ["a", "ß"]),
      ];
      const graph = new Graph("types");
      const g = new Builder(graph);
      for (const [i, value] of values.entries()) {
        graph.outputs.push(g.identity(graph.input(`in${i}`, { dtype: value.dtype, shape: [2] })));
      }
      const session = await runtime.session(toOnnx(graph));
      const results = await session.run(Object.fromEntries(values.map((v, i) => [`in${i}`, v])));
      for (const [i, value] of values.entries()) expect(results[graph.outputs[i]!]).toEqual(value);
    });

    describe.each(all)("with %s:", (_, form) => {
      const start = (): Promise<TrainingSession> => started(form);

      test("K steps in one call move the weights as the formula says", async () => {
        const session = await start();
        const expected = byHand(4);
        const results = await session.steps(batches(4), 4);
        close(results[session.outputs[0]!.name], expected.losses);
        const state = await session.readState();
        close(state.get("w"), expected.w);
        close(state.get("v"), expected.v);
        // The weights changed, and by more than a rounding error.
        expect(Math.max(...expected.w.map((w, i) => Math.abs(w - w0[i]!)))).toBeGreaterThan(0.1);
        await session.dispose();
      });

      test("K steps in one call equal K calls of one step, to the bit", async () => {
        const [together, single] = [await start(), await start()];
        await together.steps(batches(3), 3);
        // Called without waiting: each call begins with the state that the previous one left.
        await Promise.all([0, 1, 2].map((k) => single.steps(batches(1, k), 1)));
        expect(await single.readState()).toEqual(await together.readState());
        await together.dispose();
        await single.dispose();
      });

      test("two training sessions do not disturb each other, nor do they share the initial tensors", async () => {
        const [one, other] = [await start(), await start()];
        await Promise.all([one.steps(batches(4), 4), other.steps(batches(2), 2), one.readState()]);
        close((await one.readState()).get("w"), byHand(4).w);
        close((await other.readState()).get("w"), byHand(2).w);
        close((await (await start()).readState()).get("w"), w0);
        await one.dispose();
        close((await other.readState()).get("w"), byHand(2).w);
        await other.dispose();
      });

      test("writeState puts the state back: the same steps lead to the same bits", async () => {
        const session = await start();
        const before = await session.readState();
        await session.steps(batches(3), 3);
        const after = await session.readState();
        await session.writeState(before);
        expect(await session.readState()).toEqual(before);
        await session.steps(batches(3), 3);
        expect(await session.readState()).toEqual(after);
        // A part of the state may be written alone.
        await session.writeState(new Map([["v", zeroV]]));
        expect(await session.readState()).toEqual(new Map([...after, ["v", zeroV]]));
        await session.dispose();
      });

      test("a second graph over the same state: its steps go on from the other's, and can be undone", async () => {
        const session = await start();
        const other = await session.sharing(training(form));
        await session.steps(batches(2), 2);
        const before = await session.readState();
        await other.steps(batches(2, 2), 2);
        for (const one of [session, other]) close((await one.readState()).get("w"), byHand(4).w);
        await session.undo!();
        expect(await other.readState()).toEqual(before);
        expect(await words(session.sharing(linear(w0)))).toMatch(
          /^ModelError: the training graph has no input "w" and no output "w.next"/,
        );
        await session.dispose();
      });

      test("undo puts back the state before the last steps, once", async () => {
        const session = await start();
        await session.steps(batches(2), 2);
        const before = await session.readState();
        await session.steps(batches(3, 2), 3);
        await session.undo!();
        expect(await session.readState()).toEqual(before);
        expect(await words(session.undo!())).toBe(
          "OptionError: the training graph: there are no steps to undo\n" +
            "  help: one call of steps can be undone, before anything else writes the state",
        );
        await session.steps(batches(2, 2), 2);
        close((await session.readState()).get("w"), byHand(4).w);
        await session.dispose();
      });

      test("state that is given away needs no copy, and trains the same", async () => {
        const state = new Map([
          ["w", float32([3, 2], w0)],
          ["v", float32([3, 2], new Array(6).fill(0))],
        ]);
        const session = await runtime.training(training(form), { state, transfer: true });
        await session.steps(batches(2), 2);
        const half = await session.readState();
        close(half.get("w"), byHand(2).w);
        await session.writeState(half, { transfer: true });
        close((await session.readState()).get("w"), byHand(2).w);
        await session.dispose();
      });

      test("threads that wait busily or not compute the same", async () => {
        const session = await runtime.session(linear(w0), { spinning: false });
        const { [session.outputs[0]!.name]: y } = await session.run({ x: float32([1, 3], [1, 2, 3]) });
        close(y, [-0.5, 2]);
        await session.dispose();
      });

      test("what readState gave is a copy", async () => {
        const session = await start();
        const state = await session.readState();
        (state.get("w")!.data as Float32Array).fill(7);
        close((await session.readState()).get("w"), w0);
        await session.dispose();
      });

      test("an evaluator computes with the weights as they have become", async () => {
        const session = await start();
        const evaluator = await session.evaluator(evaluation());
        expect(evaluator.inputs.map((p) => p.name)).toEqual(["x"]);
        const x = float32([2, 3], [1, 0, 0, 0, 1, 0]);
        const rows = async () => (await evaluator.run({ x }))[evaluator.outputs[0]!.name];
        close(await rows(), w0.slice(0, 4));
        await session.steps(batches(4), 4);
        close(await rows(), byHand(4).w.slice(0, 4));
        await session.dispose();
      });

      test("a step that fails leaves the state as it was", async () => {
        const session = await start();
        await words(session.steps({ ...batches(2), t: float32([2, 2, 3], new Array(12).fill(0)) }, 2));
        close((await session.readState()).get("w"), w0);
        await session.dispose();
      });

      test("wrong feeds are errors that name the input, the types and the model", async () => {
        const session = await runtime.session(linear(w0), { label: 'base "linear.onnx"' });
        const x = float32([1, 3], [1, 2, 3]);
        expect(await words(session.run({ z: x }))).toBe(
          'ShapeError: base "linear.onnx": input "x" (float32[N, 3]) is not fed; "z" is not an input\n' +
            '  help: its inputs are "x": float32[N, 3]',
        );
        expect(await words(session.run({ x: float32([3], [1, 2, 3]) }))).toBe(
          'ShapeError: base "linear.onnx": input "x" is float32[N, 3], fed with float32[3]\n' +
            "  help: feed a tensor of the input's shape; named sizes may be any number",
        );
        expect(await words(session.run({ x: int64([1, 3], [1, 2, 3]) }))).toBe(
          'ShapeError: base "linear.onnx": input "x" is float32[N, 3], fed with int64[1, 3]\n' +
            "  help: cast it to float32 first",
        );
        const output = session.outputs[0]!.name;
        expect(await words(session.run({ x }, ["q"]))).toBe(
          `OptionError: base "linear.onnx": "q" is not an output\n  help: its outputs are "${output}": float32[N, 2]`,
        );
      });

      test("a wrong block of steps is an error that says which feed has how many", async () => {
        const session = await start();
        expect(await words(session.steps(batches(3), 2))).toBe(
          'ShapeError: the training graph: feed "x" is float32[3, 2, 3] for 2 steps\n' +
            "  help: its first axis counts the steps: it must be 2",
        );
        expect(await words(session.steps(batches(1), 0))).toBe(
          "OptionError: the training graph: cannot run 0 steps\n" +
            "  help: a run makes a whole number of steps, at least 1",
        );
        expect(await words(session.writeState(new Map([["u", zeroV]])))).toBe(
          'ShapeError: the training graph: "u" is not part of its state\n' +
            '  help: its state is "w": float32[3, 2], "v": float32[3, 2]',
        );
        await session.dispose();
      });
    });

    test.each(all)("state that is only passed on stays, by %s", async (_, form) => {
      const session = await runtime.training(branchWithState(form), {
        state: new Map([
          ["s", float32([3], [0, 0, 0])],
          ["c", float32([3], [1, 2, 3])],
        ]),
      });
      for (let k = 0; k < 3; k++) await session.steps({ x: float32([2, 3], [1, 1, 1, 2, 2, 2]) }, 2);
      const state = await session.readState();
      close(state.get("c"), [1, 2, 3]);
      close(state.get("s"), [9, 18, 27]);
      await session.dispose();
    });

    test.each(all)("what is frozen is held once, for %s and for its evaluators", async (_, form) => {
      const given = float32([3, 2], w0);
      const session = await runtime.training(branchWithFrozen(form), {
        state: new Map([["s", float32([2, 2], [0, 0, 0, 0])]]),
        frozen: new Map([["w", given]]),
      });
      given.data.fill(7);
      expect(session.inputs.map((p) => p.name)).toEqual(["x"]);
      const x = float32([2, 2, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]);
      await session.steps({ x }, 2);
      // Rows of w: 0 + 2, 1 + 0.
      const state = await session.readState();
      expect([...state.keys()]).toEqual(["s"]);
      close(state.get("s"), [-0.5, 0.5, 1.5, -0.25]);
      const evaluator = await session.evaluator(evaluation());
      expect(evaluator.inputs.map((p) => p.name)).toEqual(["x"]);
      const { [evaluator.outputs[0]!.name]: y } = await evaluator.run({
        x: float32([2, 3], [1, 0, 0, 0, 1, 0]),
      });
      close(y, [0.5, -0.25, 1, 0]);
      await session.dispose();
      expect(
        await words(
          runtime.training(branchWithFrozen(form), {
            state: new Map([["s", float32([2, 2], [0, 0, 0, 0])]]),
            frozen: new Map([["f", given]]),
          }),
        ),
      ).toContain('ModelError: the training graph has no input "f"');
    });

    test("a state that the graph does not have is an error", async () => {
      const state = new Map([["w", float32([3, 2], w0)]]);
      expect(await words(runtime.training(linear(w0), { state }))).toBe(
        'ModelError: the training graph has no input "w" and no output "w.next"\n' +
          '  help: make it with loopModel() or stepModel(); its inputs are "x": float32[N, 3]',
      );
    });

    test("bytes that are no model, or half of one, are errors that name the model", async () => {
      const half = linear(w0).slice(0, 60);
      for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4), half]) {
        expect(await words(runtime.session(bytes, { label: '"broken.onnx"' }))).toMatch(
          /^ModelError: "broken.onnx": (this is not a complete ONNX file|onnxruntime cannot load it)/,
        );
      }
    });

    test("a disposed session answers with an error", async () => {
      const session = await runtime.session(linear(w0));
      await session.dispose();
      await words(session.run({ x: float32([1, 3], [1, 2, 3]) }));
    });
  });
}
