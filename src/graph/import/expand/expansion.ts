import { EngraftError } from "../../../core/errors.js";
import type { Shape } from "../../../core/shape.js";
import type { NodeProto } from "../../../onnx/index.js";
import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import type { Attributes } from "../attributes.js";
import type { Reading } from "../canonical.js";

/** A node of a file that is being expanded to several standard nodes. */
export interface Expansion {
  readonly node: NodeProto;
  readonly a: Attributes;
  /** Appends the standard nodes; has the types and constants of the inputs. */
  readonly g: Builder;
  /** For the readers of canonical attributes. */
  readonly reading: Reading;
  /** Input i; undefined if omitted. */
  input(i: number): Value | undefined;
  /** True if anything reads output i. */
  reads(i: number): boolean;
  /** Number of nodes that may still be added to the file. */
  readonly budget: number;
}

/**
 * Returns the new values of the outputs, in order. Outputs that nothing reads may be omitted.
 * @throws EngraftError if this node cannot be expanded: it then stays as it came
 */
export type Expand = (e: Expansion) => readonly (Value | undefined)[];

/** Throws the reason why a node stays as it came: `it continues from earlier keys and values`. */
export function cannot(why: string, help?: string): never {
  throw new EngraftError("OperatorError", help === undefined ? why : `${why}; ${help}`);
}

/** Returns an input that must be there. */
export function required(e: Expansion, i: number, name: string): Value {
  return e.input(i) ?? cannot(`its input ${i} (${name}) is missing`);
}

/** Returns the shape of a value; its rank must be known and be one of `ranks`. */
export function shapeOf(e: Expansion, v: Value, name: string, ...ranks: readonly number[]): Shape {
  const { shape } = e.g.typeOf(v);
  if (shape === undefined) return cannot(`the shape of ${name} is not known`);
  if (!ranks.includes(shape.length))
    return cannot(`${name} has ${shape.length} axes, expected ${ranks.join(" or ")}`);
  return shape;
}

/** Returns a size that must be known. */
export function known(size: Shape[number] | undefined, what: string): number {
  return typeof size === "number" && size > 0 ? size : cannot(`${what} is not known`);
}

/** Refuses a node that continues from keys and values of earlier tokens: `axis` of the inputs counts those. */
export function refusePast(e: Expansion, inputs: readonly number[], axis: number): void {
  for (const i of inputs) {
    const past = e.input(i);
    if (past !== undefined && e.g.typeOf(past).shape?.[axis] !== 0)
      cannot("it continues from keys and values of an earlier call (past)");
  }
}
