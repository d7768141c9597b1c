import { create } from "@bufbuild/protobuf";
import { castTensor, int64, scalar } from "../../../core/tensor.js";
import { type AttributeProto, type NodeProto, NodeProtoSchema } from "../../../onnx/index.js";
import { Attributes, nodeError } from "../attributes.js";
import type { UpgradeContext } from "../upgrade.js";

/** Writes the nodes that replace one node. */
export class Writer {
  readonly nodes: NodeProto[] = [];
  readonly a: Attributes;
  readonly x: string;
  readonly dtype: "float32" | "float64";

  constructor(
    readonly node: NodeProto,
    readonly opset: number,
    readonly c: UpgradeContext,
    private readonly readBy: (v: string) => boolean,
  ) {
    this.a = new Attributes(node);
    this.x = this.input(0);
    this.dtype = c.dtypeOf(this.x) === "float64" ? "float64" : "float32";
  }
  private get y(): string {
    return this.node.output[0] ?? "";
  }
  /** Returns input i, which must be there. @throws ModelError */
  input(i: number): string {
    const v = this.node.input[i];
    if (!v) throw nodeError(this.node, `input ${i} is missing`);
    return v;
  }
  /** True if anything reads output i. */
  reads(i: number): boolean {
    return this.readBy(this.node.output[i] ?? "");
  }
  isFloat(): boolean {
    const dtype = this.c.dtypeOf(this.x);
    return dtype === "float32" || dtype === "float64";
  }
  constant(hint: string, value: Parameters<UpgradeContext["constant"]>[1]): string {
    return this.c.constant(`${this.y}.${hint}`, value);
  }
  ints(values: readonly number[]): string {
    return this.constant("list", int64([values.length], values));
  }
  /** Adds a 0-d constant of x's type. */
  number(value: number): string {
    return this.constant("number", castTensor(scalar(value), this.dtype));
  }
  /**
   * Returns input i, one number for each channel, in a shape that broadcasts against [N, C, …]. A weight stays a
   * weight.
   */
  perChannel(i: number, rank: number): string {
    const value = this.c.constantOf(this.input(i));
    const ones = new Array<number>(Math.max(0, rank - 2)).fill(1);
    if (value?.dims.length !== 1) return this.add("Reshape", [this.input(i), this.ints([-1, ...ones])]);
    return this.c.constant(`${this.input(i)}.channels`, { ...value, dims: [...value.dims, ...ones] });
  }
  /** Appends a node with one output and returns its name. */
  add(opType: string, input: string[], attributes: AttributeProto[] = [], name?: string): string {
    const output = name || this.c.fresh(`${this.y}.${opType}`);
    const made = { opType, name: this.node.name, input, output: [output], attribute: attributes };
    this.nodes.push(create(NodeProtoSchema, made));
    return output;
  }
  /** Appends the node that computes the first output. */
  give(opType: string, input: string[], attributes: AttributeProto[] = []): void {
    this.add(opType, input, attributes, this.y || undefined);
  }
}
