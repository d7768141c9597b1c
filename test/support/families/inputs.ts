// What goes into a network of scripts/golden: family.py has the same kinds.
import { float32, int64, type Tensor } from "../../../src/core/tensor.js";
import { count, uniform } from "./draw.js";

export interface Input {
  readonly kind: "Floats" | "Ints" | "Mask" | "Given";
  readonly name: string;
  readonly dims: readonly number[];
  readonly below?: number;
  readonly lengths?: readonly number[];
  readonly numbers?: readonly number[];
}
/** What is fed to an input. */
export function valuesOf({ kind, name, dims, below, lengths, numbers }: Input): Tensor {
  const u = uniform(`input/${name}`, count(dims));
  if (kind === "Floats")
    return float32(
      dims,
      u.map((v) => 2 * v - 1),
    );
  if (kind === "Ints")
    return int64(
      dims,
      u.map((v) => Math.floor(v * below!)),
    );
  if (kind === "Given") return int64(dims, numbers!);
  return int64(
    dims,
    u.map((_, i) => (i % dims[1]! < lengths![Math.floor(i / dims[1]!)]! ? 1 : 0)),
  );
}
