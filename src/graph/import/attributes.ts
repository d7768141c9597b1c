import { EngraftError } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import { type AttributeProto, AttributeType, type NodeProto, readTensor } from "../../onnx/index.js";

/** `Conv "stem/conv"`, for messages. */
export function whereOf(node: NodeProto): string {
  const domain = node.domain === "" || node.domain === "ai.onnx" ? "" : `${node.domain}.`;
  return `${domain}${node.opType} "${node.name || node.output[0] || ""}"`;
}

/** Creates an error about a node of a file. */
export function nodeError(node: NodeProto, why: string, help?: string): EngraftError {
  return new EngraftError("ModelError", `${whereOf(node)}: ${why}`, {
    help: help ?? "the file is damaged, or made by a faulty exporter: export it again",
    details: { node: node.name, op: node.opType },
  });
}

/** A tensor given by some values; all others are 0. */
export interface SparseTensor {
  readonly values: Tensor;
  readonly indices: Tensor;
  readonly dims: readonly number[];
}

/** The attributes of a node, by name and type. Each reader returns undefined for a missing attribute. */
export class Attributes {
  private readonly byName = new Map<string, AttributeProto>();

  constructor(private readonly node: NodeProto) {
    for (const a of node.attribute) this.byName.set(a.name, a);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }
  private get(name: string, type: AttributeType): AttributeProto | undefined {
    const a = this.byName.get(name);
    if (a === undefined) return undefined;
    // Files of the first IR versions omit the type.
    if (a.type !== type && a.type !== AttributeType.UNDEFINED) {
      throw nodeError(
        this.node,
        `attribute "${name}" is of type ${AttributeType[a.type]}, expected ${AttributeType[type]}`,
      );
    }
    return a;
  }

  int(name: string): number | undefined {
    const i = this.bigint(name);
    return i === undefined ? undefined : Number(i);
  }
  /** Reads all 64 bits. */
  bigint(name: string): bigint | undefined {
    return this.get(name, AttributeType.INT)?.i;
  }
  /** Reads 0 or 1 as a boolean. */
  flag(name: string): boolean | undefined {
    const i = this.int(name);
    return i === undefined ? undefined : i !== 0;
  }
  float(name: string): number | undefined {
    return this.get(name, AttributeType.FLOAT)?.f;
  }
  /** Reads a float, or returns the default rounded to float32, as the file would hold it. */
  floatOr(name: string, standard: number): number {
    return this.float(name) ?? Math.fround(standard);
  }
  string(name: string): string | undefined {
    const a = this.get(name, AttributeType.STRING);
    return a && new TextDecoder().decode(a.s);
  }
  strings(name: string): string[] | undefined {
    const decoder = new TextDecoder();
    return this.get(name, AttributeType.STRINGS)?.strings.map((s) => decoder.decode(s));
  }
  ints(name: string): number[] | undefined {
    return this.bigints(name)?.map(Number);
  }
  /** Some lists write "to the end" as 2^63 - 1, which a JavaScript number cannot hold. */
  bigints(name: string): bigint[] | undefined {
    return this.get(name, AttributeType.INTS)?.ints;
  }
  floats(name: string): number[] | undefined {
    return this.get(name, AttributeType.FLOATS)?.floats;
  }
  sparse(name: string): SparseTensor | undefined {
    const s = this.get(name, AttributeType.SPARSE_TENSOR)?.sparseTensor;
    if (!s?.values || !s.indices) return undefined;
    return { values: readTensor(s.values), indices: readTensor(s.indices), dims: s.dims.map(Number) };
  }
  tensor(name: string): Tensor | undefined {
    const t = this.get(name, AttributeType.TENSOR)?.t;
    return t && readTensor(t);
  }
}
