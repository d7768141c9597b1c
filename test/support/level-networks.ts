// Small networks with the structure of a family, for tests of feature levels. Weights are zeros.
import { zeros } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import type { Value } from "../../src/graph/node.js";

export interface LayerOptions {
  readonly kernel?: number;
  readonly stride?: number;
  readonly group?: number;
  /** Name under which the result is remembered. */
  readonly name?: string;
  readonly padded?: boolean;
}

/** Layers of networks of pictures. */
export class Layers {
  readonly g: Builder;
  /** Remembered values. */
  readonly marks: Record<string, Value> = {};
  constructor(readonly graph: Graph) {
    this.g = new Builder(graph);
  }

  channels(x: Value): number {
    return this.graph.typeOf(x).shape![1] as number;
  }

  /** Remembers a value under a name. */
  mark(name: string | undefined, x: Value): Value {
    if (name !== undefined) this.marks[name] = x;
    return x;
  }

  conv(x: Value, to: number, o: LayerOptions = {}): Value {
    const { kernel = 3, stride = 1, group = 1, padded = true } = o;
    const pad = padded ? (kernel - 1) / 2 : 0;
    const weight = this.g.weight("weight", zeros("float32", [to, this.channels(x) / group, kernel, kernel]));
    const bias = this.g.weight("bias", zeros("float32", [to]));
    return this.g.conv(x, weight, bias, { strides: [stride, stride], pads: [pad, pad, pad, pad], group });
  }

  /** Convolution and activation. */
  layer(x: Value, to: number, o: LayerOptions = {}): Value {
    return this.mark(o.name, this.g.relu(this.conv(x, to, o)));
  }

  /** Two convolutions and a shortcut, which has its own convolution if the size changes. */
  residual(x: Value, to: number, o: LayerOptions = {}): Value {
    const short = o.stride === 2 ? this.conv(x, to, { kernel: 1, stride: 2 }) : x;
    const long = this.conv(this.layer(x, to, { stride: o.stride }), to);
    return this.mark(o.name, this.g.relu(this.g.add(long, short)));
  }

  /** Inverted bottleneck with squeeze and excitation: expand, depthwise, gate, project. */
  inverted(x: Value, to: number, o: LayerOptions = {}): Value {
    const { g } = this;
    const wide = 4 * this.channels(x);
    const expanded = this.mark(o.name, g.relu(this.conv(x, wide, { kernel: 1 })));
    const deep = this.layer(expanded, wide, { stride: o.stride, group: wide });
    const squeezed = this.layer(g.globalAveragePool(deep), 8, { kernel: 1 });
    const gate = g.sigmoid(this.conv(squeezed, wide, { kernel: 1 }));
    const projected = this.conv(g.mul(deep, gate), to, { kernel: 1 });
    return o.stride === 2 || this.channels(x) !== to ? projected : g.add(x, projected);
  }

  pool(x: Value): Value {
    return this.g.maxPool(x, { kernel: [2, 2], strides: [2, 2] });
  }

  /** Global pooling and a linear classifier. */
  classifier(x: Value, classes = 10): Value {
    const { g } = this;
    return this.linear(g.flatten(g.globalAveragePool(x)), classes);
  }

  /** Product with a weight over the last axis. */
  linear(x: Value, to: number): Value {
    const from = this.graph.typeOf(x).shape!.at(-1) as number;
    return this.g.matmul(x, this.g.weight("matrix", zeros("float32", [from, to])));
  }

  /** LayerNormalization over the last axis. */
  norm(x: Value): Value {
    const width = this.graph.typeOf(x).shape!.at(-1) as number;
    const [scale, bias] = ["scale", "shift"].map((name) => this.g.weight(name, zeros("float32", [width])));
    return this.g.node("LayerNormalization", [x, scale!, bias!], { axis: -1, epsilon: 1e-5 });
  }

  upsample(x: Value, factor = 2): Value {
    const scales = this.g.constant({ ...zeros("float32", [4]), data: Float32Array.of(1, 1, factor, factor) });
    return this.g.node("Resize", [x, "", scales], {
      ...{ mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
      ...{ cubic_coeff_a: -0.75, exclude_outside: false, extrapolation_value: 0 },
      ...{ keep_aspect_ratio_policy: "stretch", axes: undefined },
    });
  }

  /** [batch, channels, h, w] -> [batch, h · w, channels] */
  rows(x: Value): Value {
    const { g } = this;
    return g.transpose(g.reshape(x, [0, this.channels(x), -1]), [0, 2, 1]);
  }
}

type Side = number | string;

/** A network of pictures and the values that were remembered. */
export interface Network {
  readonly graph: Graph;
  readonly marks: Readonly<Record<string, Value>>;
}

/** Builds a network of pictures. @param size height and width of the input; names are open sizes */
export function network(
  build: (layers: Layers, x: Value) => Value | readonly Value[],
  size: readonly [Side, Side] = ["height", "width"],
): Network {
  const graph = new Graph("network");
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, ...size] });
  const layers = new Layers(graph);
  const outputs = build(layers, x);
  graph.outputs.push(...(typeof outputs === "string" ? [outputs] : outputs));
  return { graph, marks: layers.marks };
}
