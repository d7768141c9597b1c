import type { Draws } from "../../core/random.js";
import type { StaticShape } from "../../core/shape.js";
import { sizeOf } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import type { Site } from "./sites.js";

/** The parameter-efficient methods. */
export const adapterKinds = ["lora", "dora", "ia3", "adapter"] as const;
export type AdapterKind = (typeof adapterKinds)[number];

/** A weight that gets an adapter. */
export interface Place {
  /** Name of the module in PEFT. */
  readonly name: string;
  /** The weight in the base's graph; for a bottleneck adapter, the value that it changes. */
  readonly at: Value;
  /** IA3: true if the input of the product is scaled instead of its output. */
  readonly input?: boolean;
}

/** Kind and places of adapters: enough to add them to the same base again. */
export interface AdapterSpec {
  readonly kind: AdapterKind;
  /** Rank of a change, or width of a bottleneck; 0 for IA3. */
  readonly r: number;
  /** The factor of a change: α / r, or α / √r. */
  readonly scale: number;
  readonly alpha: number;
  readonly rslora: boolean;
  /** Dropout of an adapter's inputs, as a share. */
  readonly dropout: number;
  readonly places: readonly Place[];
}

/** A small trainable tensor. */
export interface AdapterTensor {
  /** Suffix in PEFT's files: `lora_A.weight`. */
  readonly suffix: string;
  /** Its name in the graph. */
  readonly value: Value;
  readonly dims: StaticShape;
  /** True for a matrix: only matrices have weight decay. */
  readonly matrix: boolean;
  readonly initial: () => Tensor<"float32">;
}

/** Returns the name of an adapter's tensor in a graph. */
export const adapterValue = (place: Place, suffix: string): Value =>
  `engraft/peft/${place.name}${place.input ? ".in" : ""}.${suffix}`;

/**
 * Returns the tensors of one place. @param width channels of a bottleneck's value @param norms ‖W‖ of each output, for
 * DoRA
 */
export function tensorsOf(
  spec: AdapterSpec,
  place: Place,
  shape: { readonly site?: Site; readonly width?: number; readonly spatial: number },
  draw: Draws,
  norms: () => Float32Array,
): AdapterTensor[] {
  const { site, spatial } = shape;
  const ones = new Array<number>(spatial).fill(1);
  const make = (
    suffix: string,
    dims: StaticShape,
    fill: (data: Float32Array) => void,
    matrix = true,
  ): AdapterTensor => ({
    suffix,
    value: adapterValue(place, suffix),
    dims,
    matrix,
    initial: () => {
      const data = new Float32Array(sizeOf(dims));
      fill(data);
      return float32(dims, data);
    },
  });
  /** Kaiming-uniform with a = √5: U(-1/√fan-in, 1/√fan-in), PEFT's initialisation. */
  const uniform = (fan: number) => (data: Float32Array) => {
    for (let i = 0; i < data.length; i++) data[i] = (2 * draw.uniform() - 1) / Math.sqrt(fan);
  };
  const zero = (): void => undefined;
  const one = (data: Float32Array): void => void data.fill(1);
  switch (spec.kind) {
    case "lora":
    case "dora": {
      const { inputs, outputs, dims } = site!;
      const kernel = dims.slice(2);
      const magnitude = make(
        "lora_magnitude_vector.weight",
        spatial > 0 ? [1, outputs, ...ones] : [outputs],
        (data) => data.set(norms()),
        false,
      );
      return [
        make(
          "lora_A.weight",
          spatial > 0 ? [spec.r, inputs, ...kernel] : [spec.r, inputs],
          uniform(inputs * (spatial > 0 ? sizeOf(kernel) : 1)),
        ),
        make("lora_B.weight", [outputs, spec.r, ...ones], zero),
        ...(spec.kind === "dora" ? [magnitude] : []),
      ];
    }
    case "ia3": {
      const { inputs, outputs, groups } = site!;
      const wide = place.input ? inputs * groups : outputs;
      const flat = place.input ? [1, wide] : [wide, 1];
      return [make("ia3_l", spatial > 0 ? [1, wide, ...ones] : flat, one, false)];
    }
    case "adapter": {
      const d = shape.width!;
      return [
        make("adapter_down.weight", [spec.r, d, ...ones], uniform(d)),
        make("adapter_down.bias", [spec.r], zero, false),
        make("adapter_up.weight", [d, spec.r, ...ones], zero),
        make("adapter_up.bias", [d], zero, false),
      ];
    }
  }
}
