import { formatType } from "../../../core/shape.js";
import { toNumbers } from "../../../core/tensor.js";
import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { activationCalled } from "./activations.js";
import { cannot, type Expansion, known, required, shapeOf } from "./expansion.js";

/** Longest sequence that is unrolled, in steps. A longer graph would not load in seconds. */
const mostSteps = 128;
/** Additional nodes per step if sequences have lengths. */
const nodesOfLengths = 4;

/** State after a step. Undefined before the first step means zeros. */
export interface State {
  readonly h: Value | undefined;
  readonly c?: Value | undefined;
}
/** One step. x is the input's share of the gates, [1, B, …] for each tensor that `project` gave. */
export type Step = (x: readonly Value[], before: State) => State & { readonly h: Value };

/** The weights of one direction. */
export interface Weights {
  /** [gates·H, I] and [gates·H, H] */
  readonly w: Value;
  readonly r: Value;
  /** [gates·H] each */
  readonly biases: readonly [Value, Value] | undefined;
  /** [1, 3·H] */
  readonly peepholes: Value | undefined;
  readonly hidden: number;
  /** The activations of this direction. */
  readonly functions: readonly ((x: Value) => Value)[];
  /** Limits the input of an activation to the range of the `clip` attribute. */
  readonly clip: (x: Value) => Value;
}

/** The differences between LSTM, GRU and RNN. */
export interface Cell {
  readonly gates: number;
  readonly activations: readonly string[];
  /** Indices of the inputs for initial state c and the peepholes, if the operator has them. */
  readonly cell?: { readonly initial: number; readonly peepholes: number };
  /**
   * Returns the input's share of all gates at all steps, [S, B, …] in one or more tensors, and the step function.
   * The product with the input is computed once, before the loop.
   */
  readonly begin: (e: Expansion, x: Value, weights: Weights) => { shares: readonly Value[]; step: Step };
}

/** Expands a recurrent operator into its steps. */
export function unroll(e: Expansion, cell: Cell): (Value | undefined)[] {
  const { g, a } = e;
  const batchFirst = a.flag("layout") ?? false;
  const timeFirst = (v: Value): Value => (batchFirst ? g.transpose(v, [1, 0, 2]) : v);
  const direction = a.string("direction") ?? "forward";
  const directions = { forward: 1, reverse: 1, bidirectional: 2 }[direction];
  if (directions === undefined) return cannot(`its direction is ${JSON.stringify(direction)}`);
  const input = required(e, 0, "X");
  const steps = stepsOf(e, input, batchFirst ? 1 : 0);
  const x = timeFirst(input);
  const each = directionsOf(e, cell, directions, timeFirst);
  const lengths = e.input(4);
  const valid = lengths === undefined ? () => undefined : validity(g, lengths);
  const shared = { e, steps, valid, total: steps * directions };
  const made = each.map(({ weights, start }, d) =>
    unrollDirection(shared, {
      ...cell.begin(e, x, weights),
      start,
      backwards: direction === "reverse" || d === 1,
      done: d * steps,
    }),
  );
  // [S, D, B, H] to [B, S, D, H]
  const y = e.reads(0)
    ? g.concat(
        made.map(({ outputs }) => g.unsqueeze(g.concat(outputs, 0), [1])),
        1,
      )
    : undefined;
  const lastC = made.flatMap(({ last }) => last.c ?? []);
  return [
    y && batchFirst ? g.transpose(y, [2, 0, 1, 3]) : y,
    timeFirst(
      g.concat(
        made.map(({ last }) => last.h!),
        0,
      ),
    ),
    lastC.length > 0 ? timeFirst(g.concat(lastC, 0)) : undefined,
  ];
}

/** Returns weights and initial state of each direction. */
function directionsOf(
  e: Expansion,
  cell: Cell,
  directions: number,
  timeFirst: (v: Value) => Value,
): { readonly weights: Weights; readonly start: State }[] {
  const { g, a } = e;
  const r = required(e, 2, "R");
  const hidden = a.int("hidden_size") ?? known(shapeOf(e, r, "R", 3)[2], "the hidden size");
  const each = (v: Value | undefined): (Value | undefined)[] => halves(g, v, directions);
  const state = (i: number): (Value | undefined)[] => {
    const v = e.input(i);
    // Exporters write an omitted initial state as zeros. Leaving them out keeps the batch free.
    const data: ArrayLike<unknown> | undefined = v === undefined ? [] : g.constantOf(v)?.data;
    if (v === undefined || (data && Array.from(data, Number).every((n) => n === 0))) return [];
    return each(timeFirst(v));
  };
  const [ws, rs, bs] = [each(required(e, 1, "W")), each(r), each(e.input(3))];
  const hs = state(5);
  const cs = cell.cell ? state(cell.cell.initial) : [];
  const ps = cell.cell ? each(e.input(cell.cell.peepholes)) : [];
  return Array.from({ length: directions }, (_, d) => {
    const size = cell.gates * hidden;
    const flat = bs[d] && g.squeeze(bs[d]!, [0]);
    const both = flat && g.nodes("Split", [flat, g.ints([size, size])], { axis: 0 }, 2);
    return {
      start: { h: hs[d], c: cs[d] },
      weights: {
        w: g.squeeze(ws[d]!, [0]),
        r: g.squeeze(rs[d]!, [0]),
        biases: both as [Value, Value] | undefined,
        peepholes: ps[d],
        hidden,
        functions: functionsOf(e, cell, d, directions),
        clip: clipOf(e),
      },
    };
  });
}

/** What all directions share. */
interface Unrolling {
  readonly e: Expansion;
  readonly steps: number;
  /** Steps of all directions. */
  readonly total: number;
  /** Which sequences still run at step t; undefined if all do. */
  readonly valid: (t: number) => Value | undefined;
}

/** One direction: its share of the gates at all steps, and the step function. */
interface Direction extends ReturnType<Cell["begin"]> {
  readonly start: State;
  readonly backwards: boolean;
  /** Steps of the directions before this one. */
  readonly done: number;
}

/** Expands one direction. Returns the hidden state of each step, [1, B, H], and the last state. */
function unrollDirection(
  { e, steps, total, valid }: Unrolling,
  { shares, step, start, backwards, done }: Direction,
): { readonly outputs: readonly Value[]; readonly last: State } {
  const { g } = e;
  const inputs = shares.map((share) => split(g, share, steps));
  const outputs = new Array<Value>(steps);
  let now = start;
  for (let i = 0; i < steps; i++) {
    const t = backwards ? steps - 1 - i : i;
    const before = g.graph.nodes.length;
    const next = step(
      inputs.map((list) => list[t]!),
      now,
    );
    const inside = valid(t);
    // After its end a sequence keeps its state and outputs zeros.
    const kept = (v: Value, old: Value | undefined): Value =>
      inside === undefined ? v : g.where(inside, v, old ?? g.number(0, v));
    outputs[t] = kept(next.h, undefined);
    now = { h: now.h === undefined ? outputs[t]! : kept(next.h, now.h), c: next.c && kept(next.c, now.c) };
    // Estimate the nodes of the remaining steps from this one, to refuse early.
    const size = g.graph.nodes.length;
    const ofStep = size - before + (e.input(4) === undefined ? 0 : nodesOfLengths);
    if (size + (total - done - i - 1) * ofStep > e.budget)
      cannot(
        `with ${total} more steps the model would be too large to unroll`,
        "to train through it, read or export the model with shorter sequences",
      );
  }
  return { outputs, last: now };
}

/** Returns the length of the sequences. */
function stepsOf(e: Expansion, x: Value, axis: number): number {
  const size = shapeOf(e, x, "X", 3)[axis];
  if (typeof size !== "number")
    return cannot(
      `its sequence length is not known: its input "${x}" is ${formatType(e.g.typeOf(x))}`,
      "to train through it, read the model with a fixed length (inputShapes), or export it with one",
    );
  if (size > mostSteps)
    return cannot(
      `its sequences have ${size} steps, more than ${mostSteps} are not unrolled`,
      `to train through it, read or export the model with at most ${mostSteps} steps`,
    );
  return size > 0 ? size : cannot("its sequences are empty");
}

/** Splits axis 0 into one part per direction. */
function halves(g: Builder, v: Value | undefined, directions: number): (Value | undefined)[] {
  if (v === undefined || directions === 1) return [v];
  return g.nodes("Split", [v, g.ints([1, 1])], { axis: 0 }, 2);
}
/** Splits a share into its steps along axis 0, each [1, B, …]. */
function split(g: Builder, share: Value, steps: number): Value[] {
  return steps === 1
    ? [share]
    : g.nodes("Split", [share, g.ints(new Array<number>(steps).fill(1))], { axis: 0 }, steps);
}

/** Returns which sequences still run at step t: bool[1, B, 1]; undefined if all do. */
function validity(g: Builder, lengths: Value): (t: number) => Value | undefined {
  const constant = g.constantOf(lengths);
  const shortest = constant && Math.min(...toNumbers(constant));
  const column = g.unsqueeze(lengths, [0, 2]);
  return (t) => (shortest !== undefined && t < shortest ? undefined : g.less(g.number(t, lengths), column));
}

/**
 * Returns the activations of one direction. Parameters in the file's lists are assigned in order to the activations
 * that take some.
 */
function functionsOf({ g, a }: Expansion, cell: Cell, direction: number, directions: number) {
  const count = cell.activations.length;
  const all = a.strings("activations") ?? Array.from({ length: directions }, () => cell.activations).flat();
  if (all.length !== count * directions)
    cannot(`it has ${all.length} activations, expected ${count * directions}`);
  const lists = {
    alpha: [...(a.floats("activation_alpha") ?? [])],
    beta: [...(a.floats("activation_beta") ?? [])],
  };
  const made = all.map((name) => {
    const { takes, make } = activationCalled(name);
    const numbers = {
      alpha: takes.includes("alpha") ? lists.alpha.shift() : undefined,
      beta: takes.includes("beta") ? lists.beta.shift() : undefined,
    };
    return (x: Value) => make(g, x, numbers);
  });
  return made.slice(direction * count, (direction + 1) * count);
}

function clipOf({ g, a }: Expansion): (x: Value) => Value {
  const bound = a.float("clip");
  return bound === undefined || bound <= 0
    ? (x) => x
    : (x) => g.clip(x, g.number(-bound, x), g.number(bound, x));
}

/** x @ wᵀ + bias for all rows of w: [S, B, I] and [rows, I] give [S, B, rows]. */
export function project(g: Builder, x: Value, w: Value, bias: Value | undefined): Value {
  const y = g.matmul(x, g.transpose(w, [1, 0]));
  return bias === undefined ? y : g.add(y, bias);
}

/** Splits x along its last axis, [1, B, …], or along the only axis of a vector. */
export function parts(g: Builder, x: Value, sizes: readonly number[]): Value[] {
  return g.nodes("Split", [x, g.ints(sizes)], { axis: g.rank(x) - 1 }, sizes.length);
}
