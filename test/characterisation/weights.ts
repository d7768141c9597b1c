import { readFileSync } from "node:fs";
import { toNumbers } from "../../src/core/tensor.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { sha } from "./plain.js";

/** Record of a weight: its shape, a hash of its values, √Σ w², and Σ wᵢ cos(i), which depends on their order. */
export type WeightRecord = readonly [shape: string, sha256: string, norm: number, wave: number];

const digits = (value: number): number => Number(value.toPrecision(7));
const sum = (values: readonly number[], of: (value: number, i: number) => number): number =>
  values.reduce((total, value, i) => total + of(value, i), 0);

/** Returns a record of each weight of a model, by name. Constants such as shapes are left out: the file's hash has them. */
export function weightsOf(onnx: string): Readonly<Record<string, WeightRecord>> {
  const { initializers } = fromOnnx(readFileSync(onnx)).graph;
  const weights = [...initializers].filter(([, { dtype }]) => dtype.startsWith("float"));
  return Object.fromEntries(
    weights
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, tensor]) => {
        const { dtype, dims } = tensor;
        const values = toNumbers(tensor);
        const hash = sha(Buffer.from(new Float64Array(values).buffer), 12);
        const norm = digits(Math.sqrt(sum(values, (w) => w * w)));
        const wave = digits(sum(values, (w, i) => w * Math.cos(i)));
        return [name, [`${dtype}[${dims.join(", ")}]`, hash, norm, wave]];
      }),
  );
}
