// The golden files of a family: the network as exported, what goes in, and PyTorch's numbers. How they were made, and
// the order of the numbers: scripts/golden.
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { float32, type Tensor } from "../../../src/core/tensor.js";
import { fromOnnx, type Imported } from "../../../src/graph/from-onnx.js";
import { readModel, writeModel } from "../../../src/onnx/index.js";
import { count, digest, digestLength, distance, target, transposed, weight } from "./draw.js";
import { type Input, valuesOf } from "./inputs.js";

export type Kind = "sgd" | "adam" | "adamw";
export type Mode = "frozen" | "train";
type Dims = readonly number[];

export interface Header {
  readonly inputs: readonly Input[];
  readonly outputs: readonly { readonly name: string; readonly dims: Dims }[];
  /** Empty: the outputs are pulled to targets. */
  readonly labels: readonly number[];
  /** Opset of the file that trains, and of those that only run. */
  readonly opset: number;
  readonly others: readonly number[];
  /** Optimisers that were run, by mode of BatchNormalization. */
  readonly modes: Readonly<Partial<Record<Mode, readonly Kind[]>>>;
  readonly salt: number;
  readonly rates: Readonly<Record<Kind, readonly number[]>>;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly parameters: Readonly<Record<string, Dims>>;
  readonly running: Readonly<Record<string, Dims>>;
  /** [start, count, …] of elements whose gradient is 0 but for rounding, by mode and parameter. */
  readonly noise: Readonly<Record<Mode, Readonly<Record<string, readonly number[]>> | undefined>>;
}

const folder = new URL("../../golden/families/", import.meta.url);
export const families = readdirSync(folder)
  .filter((f) => f.endsWith(".json"))
  .map((f) => f.slice(0, -5));

/** A digest of PyTorch's, to be compared with a tensor of ours. */
interface Expected {
  readonly purpose: string;
  readonly digest: readonly number[];
  readonly n: number;
  readonly most: number;
}

/** outputs most elements that are stored as they are, as in steps.py. */
const mostOutput = 256;
const mostOther = 9;

export class GoldenFamily {
  readonly header: Header;
  private readonly expected = new Map<string, Expected>();
  constructor(readonly name: string) {
    this.header = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Header;
    const bytes = new Uint8Array(readFileSync(new URL(`${name}.bin`, folder)));
    const numbers = [...new Float32Array(bytes.buffer)];
    const { modes, outputs, parameters, running } = this.header;
    let at = 0;
    const take = (key: string, purpose: string, n: number, most: number): void => {
      const length = digestLength(n, most);
      this.expected.set(key, { purpose, digest: numbers.slice(at, at + length), n, most });
      at += length;
    };
    for (const [mode, kinds] of Object.entries(modes)) {
      for (const o of outputs) take(`${mode}/output/${o.name}`, o.name, count(o.dims), mostOutput);
      take(`${mode}/losses`, "losses", 3, mostOther);
      const each = (part: string, table: Readonly<Record<string, Dims>>) => {
        for (const [p, dims] of Object.entries(table))
          take(`${mode}/${part}/${p}`, p, count(dims), mostOther);
      };
      each("gradient", parameters);
      for (const kind of kinds) {
        each(kind, parameters);
        if (mode === "train" && kind === "sgd") each("sgd", running);
      }
    }
    if (at !== numbers.length) throw new Error(`${name}.bin has ${numbers.length} numbers, ${at} are read`);
  }

  get losses(): Readonly<Record<Mode, readonly number[]>> {
    const of = (mode: Mode) => this.expected.get(`${mode}/losses`)?.digest ?? [];
    return { frozen: of("frozen"), train: of("train") };
  }

  /** ‖ours - PyTorch's‖ and ‖PyTorch's‖ of what is called so. */
  compare(key: string, ours: readonly number[]): { readonly error: number; readonly size: number } {
    const { purpose, digest: theirs, n, most } = this.expected.get(key)!;
    if (ours.length !== n) throw new Error(`${key}: ${ours.length} numbers against ${n}`);
    return distance(digest(purpose, ours, most), theirs, n);
  }

  /** The exported file, its weights drawn. */
  bytes(opset: number): Uint8Array {
    const { parameters, running, salt } = this.header;
    const file = new URL(`${this.name}.opset${opset}.onnx.gz`, folder);
    return withDrawnWeights(file, { ...running, ...parameters }, salt).bytes;
  }

  import(opset = this.header.opset): Imported {
    return fromOnnx(this.bytes(opset));
  }

  /** What is fed, by name. */
  get feeds(): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(this.header.inputs.map((input) => [input.name, valuesOf(input)]));
  }

  targets(): ReadonlyMap<string, Tensor<"float32">> {
    return new Map(this.header.outputs.map((o) => [o.name, float32(o.dims, target(o.name, o.dims))]));
  }
}

/** A weight of a file whose numbers are drawn. */
export interface DrawnWeight {
  /** Its name in PyTorch, which its numbers are drawn from. */
  readonly name: string;
  readonly turned: boolean;
}

/** Returns an exported file with its weights drawn, and which weight each initializer is. */
export function withDrawnWeights(
  file: URL,
  shapes: Readonly<Record<string, Dims>>,
  salt: number,
): { readonly bytes: Uint8Array; readonly drawn: ReadonlyMap<string, DrawnWeight> } {
  const model = readModel(gunzipSync(readFileSync(file)));
  const drawn = new Map<string, DrawnWeight>();
  for (const tensor of model.graph!.initializer) {
    const [word, name, turned] = tensor.docString.split(" ");
    if (word !== "drawn") continue;
    // The file may hold it with other axes, as it needs it.
    const values = weight(name!, shapes[name!]!, salt);
    const data = turned ? transposed(values, shapes[name!]!) : values;
    tensor.rawData = new Uint8Array(data.buffer);
    drawn.set(tensor.name, { name: name!, turned: turned !== undefined });
  }
  return { bytes: writeModel(model), drawn };
}
