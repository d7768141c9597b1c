import type { Dim, TensorType } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { OpAttributes, OpName } from "../ops.js";

/** What a shape rule sees. */
export interface InferContext<Op extends OpName> {
  readonly op: Op;
  readonly attributes: OpAttributes[Op];
  /** Type of each input; undefined for an omitted one. */
  readonly inputs: readonly (TensorType | undefined)[];
  /** The value of input i where it is a constant. */
  constant(i: number): Tensor | undefined;
  /** The sizes that integer input i holds where they could be followed, names included: `[batch, 256]`. */
  dims?(i: number): readonly Dim[] | undefined;
  /** How many outputs the node has. */
  readonly outputs: number;
  /** `Conv "stem/conv"`, for messages. */
  readonly where: string;
}

/** The types of the outputs. @throws ShapeError when the inputs do not fit. */
export type Infer<Op extends OpName> = (context: InferContext<Op>) => TensorType[];
export type InferTable<Ops> = { readonly [Op in keyof Ops & OpName]: Infer<Op> };
