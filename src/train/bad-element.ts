import type { Tensor } from "../core/tensor.js";

/** Returns the index of the first NaN or infinity. */
export function badElement({ dtype, data }: Tensor): number | undefined {
  if (dtype !== "float32" && dtype !== "float64") return undefined;
  const at = (data as Float32Array).findIndex((v) => !Number.isFinite(v));
  return at < 0 ? undefined : at;
}
