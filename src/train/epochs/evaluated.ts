import type { Tensor } from "../../core/tensor.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { inline, promote } from "../../graph/surgery/index.js";
import { averageName } from "../step/state-names.js";
import type { Step } from "../step/step.js";

/** Returns the model without the weights that the training session holds; inputs of the same names read them there. */
export function withoutFrozen(model: Graph, frozen: ReadonlyMap<Value, Tensor>): Graph {
  const same = [...frozen].filter(([name, value]) => model.initializers.get(name) === value);
  return promote(
    model,
    same.map(([name]) => name),
  );
}

/** Returns the weights of the model that a step changes, statistics included. */
export function movedValues(model: Graph, step: Step): Value[] {
  return step.state.map((s) => s.input).filter((v) => model.initializers.has(v));
}

/** Returns the model with the validated weights as inputs: the trainable ones, or their averages. */
export function evaluated(model: Graph, step: Step, averages: boolean): Graph {
  const moved = promote(model, movedValues(model, step));
  if (!averages) return moved;
  const kept = new Set(step.state.map((s) => s.input));
  const graph = new Graph(moved.name);
  const bindings = new Map<Value, Value>();
  for (const input of moved.inputs) {
    const name = kept.has(averageName(input)) ? averageName(input) : input;
    bindings.set(input, graph.input(name, moved.typeOf(input)));
  }
  const names = inline(graph, moved, bindings);
  for (const output of moved.outputs) graph.outputs.push(names.get(output)!);
  for (const [domain, version] of moved.opsets) graph.opsets.set(domain, version);
  return graph;
}
