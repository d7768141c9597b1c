import type { Dim, TensorType } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { OpAttributes, OpName } from "../ops.js";

/** Input of a shape rule. */
export interface InferContext<Op extends OpName> {
  readonly op: Op;
  readonly attributes: OpAttributes[Op];
  /** Type of each input; undefined if omitted. */
  readonly inputs: readonly (TensorType | undefined)[];
  /** Value of input i if it is a constant. */
  constant(i: number): Tensor | undefined;
  /** Sizes that integer input i holds, symbolic names included, if they could be followed: `[batch, 256]`. */
  dims?(i: number): readonly Dim[] | undefined;
  /** Number of the node's outputs. */
  readonly outputs: number;
  /** `Conv "stem/conv"`, for messages. */
  readonly where: string;
}

/** Returns the types of the outputs. @throws ShapeError if the inputs do not fit */
export type Infer<Op extends OpName> = (context: InferContext<Op>) => TensorType[];
export type InferTable<Ops> = { readonly [Op in keyof Ops & OpName]: Infer<Op> };
