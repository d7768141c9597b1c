import { expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { makeRoom } from "./step-room.js";

/** 24 layers on float32[500, 10]: 20 kB each. */
function chain() {
  const graph = new Graph("step");
  const g = new Builder(graph);
  let x = graph.input("x", { dtype: "float32", shape: [500, 10] });
  const w = graph.input("w", { dtype: "float32", shape: [10, 10] });
  for (let i = 0; i < 24; i++) x = g.tanh(g.matmul(x, w));
  const loss = g.reduceSum(x);
  const norm = g.reduceSumSquare(differentiate(graph, loss, [w]).get(w)!);
  graph.push(
    { kind: "op", op: "Identity", name: "", inputs: [norm], outputs: ["gradient_norm"], attributes: {} },
    [graph.typeOf(norm)],
  );
  graph.outputs.push(loss, "gradient_norm");
  return { graph, step: { scalars: [loss, "gradient_norm"], overwrites: false } };
}

test("automatic: nothing is computed again where there is room, and more the less there is", () => {
  const { graph, step } = chain();
  expect(makeRoom(graph, step, "auto", 1e9)).toEqual({
    graph,
    share: 0,
    bytes: expect.objectContaining({}) as unknown,
  });
  expect(makeRoom(graph, step, "auto", undefined).share).toBe(0);
  const some = makeRoom(graph, step, "auto", 650_000).share;
  const most = makeRoom(graph, step, "auto", 1000).share;
  expect(some).toBeGreaterThan(0);
  expect(most).toBeGreaterThan(some);
  expect(makeRoom(graph, step, "on", undefined).share).toBe(most);
});

test("off is off, and a limit that cannot be kept is refused", () => {
  const { graph, step } = chain();
  expect(makeRoom(graph, step, "off", 1000)).toEqual({ graph, share: 0 });
  expect(() => makeRoom(graph, step, { limitBytes: 1000 }, 1e9)).toThrow(
    /a training step cannot do with 1 MB of memory: it takes 1 MB, and 1 MB when all that can be is computed twice/,
  );
});
