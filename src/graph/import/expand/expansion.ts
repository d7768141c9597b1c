import { EngraftError } from "../../../core/errors.js";
import type { Shape } from "../../../core/shape.js";
import type { NodeProto } from "../../../onnx/index.js";
import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import type { Attributes } from "../attributes.js";
import type { Reading } from "../canonical.js";

/** A node of a file that is to become several standard ones. */
export interface Expansion {
  readonly node: NodeProto;
  readonly a: Attributes;
  /** Appends the standard nodes; knows the types and constants of the inputs. */
  readonly g: Builder;
  /** For readers of canonical attributes. */
  readonly reading: Reading;
  /** Input i, undefined where it is left out. */
  input(i: number): Value | undefined;
  /** Whether anything reads output i. */
  reads(i: number): boolean;
  /** How many nodes a file may still grow by. */
  readonly budget: number;
}

/**
 * What the outputs become, in their order; those that nothing reads may be left out.
 * @throws EngraftError when this node cannot be expanded: it then stays as it came.
 */
export type Expand = (e: Expansion) => readonly (Value | undefined)[];

/** Say that a node stays as it came: `it continues from earlier keys and values`. */
export function cannot(why: string, help?: string): never {
  throw new EngraftError("OperatorError", help === undefined ? why : `${why}; ${help}`);
}

/** An input that must be there. */
export function required(e: Expansion, i: number, name: string): Value {
  return e.input(i) ?? cannot(`its input ${i} (${name}) is missing`);
}

/** The shape of a value whose rank must be known and one of these. */
export function shapeOf(e: Expansion, v: Value, name: string, ...ranks: readonly number[]): Shape {
  const { shape } = e.g.typeOf(v);
  if (shape === undefined) return cannot(`the shape of ${name} is not known`);
  if (!ranks.includes(shape.length))
    return cannot(`${name} has ${shape.length} axes, expected ${ranks.join(" or ")}`);
  return shape;
}

/** A size that must be known. */
export function known(size: Shape[number] | undefined, what: string): number {
  return typeof size === "number" && size > 0 ? size : cannot(`${what} is not known`);
}
