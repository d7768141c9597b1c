import type { StaticShape } from "../../core/shape.js";
import type { Node, OpNode, Value } from "../node.js";

/** [N, C, Q, R] for every row and column phase, interleaved to [N, C, rows · Q, columns · R]. */
export interface Phases {
  readonly pieces: readonly Value[];
  readonly rows: number;
  readonly columns: number;
  readonly y: Value;
  /** The nodes that interleave, from the Concat on. */
  readonly nodes: readonly Node[];
}

const interleaving = "0,3,4,1,5,2";

/**
 * Returns the phases that begin at a Concat, as the gradient of a strided convolution writes them: Concat over
 * channels, Reshape to [N, rows, columns, C, Q, R], Transpose, Reshape.
 * @param dims of a value
 * @param reader the only node that reads a value
 */
export function phasesFrom(
  concat: OpNode<"Concat">,
  dims: (value: Value) => StaticShape | undefined,
  reader: (value: Value) => Node | undefined,
): Phases | undefined {
  if (concat.attributes.axis !== 1) return undefined;
  const split = reader(concat.outputs[0]!);
  if (split?.kind !== "op" || split.op !== "Reshape") return undefined;
  const turn = reader(split.outputs[0]!);
  if (turn?.kind !== "op" || turn.op !== "Transpose") return undefined;
  const { perm } = (turn as OpNode<"Transpose">).attributes;
  const join = reader(turn.outputs[0]!);
  if (perm.join() !== interleaving || join?.kind !== "op" || join.op !== "Reshape") return undefined;
  const [n, rows, columns, channels, q, r] = dims(split.outputs[0]!) ?? [];
  if (rows === undefined || columns === undefined || rows * columns !== concat.inputs.length)
    return undefined;
  // Another final shape, such as a flat one, is not the image that the phases make.
  const whole = [n, channels, rows * q!, columns * r!];
  if (dims(join.outputs[0]!)?.join() !== whole.join()) return undefined;
  return { pieces: concat.inputs, rows, columns, y: join.outputs[0]!, nodes: [concat, split, turn, join] };
}
