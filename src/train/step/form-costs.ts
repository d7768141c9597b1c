import {
  type ChosenForms,
  type ConvForm,
  type ConvGradient,
  formKey,
  formsOf,
} from "../../autodiff/rules/conv-forms.js";
import { convInputGradient } from "../../autodiff/rules/conv-input-gradient.js";
import type { ConvShape } from "../../autodiff/rules/conv-shape.js";
import { convWeightGradient } from "../../autodiff/rules/conv-weight-gradient.js";
import { stopIf } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { stepModel } from "../../graph/to-onnx-step.js";
import type { CostTable, Runtime, TrainingSession } from "../../runtime/runtime.js";

/** A gradient that a training computes once per step. */
export interface Wanted {
  readonly gradient: ConvGradient;
  readonly shape: ConvShape;
}

export interface MeasureFormsOptions {
  /** Bytes above which a gradient uses the rule's form. Default: no limit. */
  readonly mayTake?: number;
  readonly signal?: AbortSignal;
  /** Called with the number of timed gradients and their total. */
  readonly onTrial?: (done: number, total: number) => void;
}

/** Another form must take less than this share of the rule's time; anything closer is noise. */
const clearly = 0.93;
/**
 * A form that took this many times another's time is not run again; the same holds if all others are so much slower.
 */
const far = 1.25;
/** Runs of each form, and as many again if a form other than the rule's seems faster; the best run counts. */
const runs = 3;

/**
 * Measures each form of each gradient, interleaved; entries in the table are not measured again.
 * @param known by {@link formKey} and form, milliseconds
 * @returns the whole table
 */
export async function measureForms(
  runtime: Runtime,
  wanted: readonly Wanted[],
  known: CostTable,
  { mayTake = Number.POSITIVE_INFINITY, signal, onTrial }: MeasureFormsOptions = {},
): Promise<CostTable> {
  const table: Record<string, Readonly<Record<string, number>>> = { ...known };
  const unknown = wanted.filter(({ gradient, shape }) => {
    const forms = formsOf(gradient, shape);
    const row = table[formKey(gradient, shape)];
    if (forms.length < 2 || forms.every((form) => row?.[form] !== undefined)) return false;
    // The inputs, and copies of them that a form makes.
    return 8 * 4 * (sizeOf(shape.x) + sizeOf(shape.y)) <= mayTake;
  });
  for (const [i, { gradient, shape }] of unknown.entries()) {
    stopIf(signal);
    onTrial?.(i, unknown.length);
    table[formKey(gradient, shape)] = await compare(runtime, { gradient, shape }, formsOf(gradient, shape));
  }
  if (unknown.length > 0) onTrial?.(unknown.length, unknown.length);
  return table;
}

/** Returns the fastest form of each gradient for which it is not the rule's. */
export function fastestForms(wanted: readonly Wanted[], table: CostTable): ChosenForms {
  const chosen: Record<string, ConvForm> = {};
  for (const { gradient, shape } of wanted) {
    const key = formKey(gradient, shape);
    const forms = formsOf(gradient, shape);
    const ms = (form: ConvForm): number => table[key]?.[form] ?? Number.POSITIVE_INFINITY;
    if (!Number.isFinite(ms(forms[0]!))) continue;
    const best = forms.reduce((a, b) => (ms(b) < ms(a) ? b : a));
    if (ms(best) < clearly * ms(forms[0]!)) chosen[key] = best;
  }
  return chosen;
}

async function compare(
  runtime: Runtime,
  wanted: Wanted,
  forms: readonly ConvForm[],
): Promise<Record<string, number>> {
  const models: Uint8Array[] = [];
  for (const form of forms) models.push(await formModel(runtime, wanted, form));
  const owner = await runtime.training(models[0]!, {
    state: new Map([["s", float32([1], [0])]]),
    frozen: new Map(Object.entries(inputsOf(wanted))),
    options: { label: "the trial of a gradient's form" },
    transfer: true,
  });
  try {
    const sessions: TrainingSession[] = [owner];
    for (const model of models.slice(1)) sessions.push(await owner.sharing(model));
    const best = forms.map(() => Number.POSITIVE_INFINITY);
    const measure = async (i: number, count: boolean) => {
      const begin = performance.now();
      await sessions[i]!.steps({ k: float32([1, 1], [0]) }, 1);
      if (count) best[i] = Math.min(best[i]!, performance.now() - begin);
    };
    // One warm-up run; then the forms in turns, as long as two are close, so that other load affects all of them.
    for (let run = 0; run <= runs; run++)
      for (const i of forms.keys()) {
        const others = best.filter((_, j) => j !== i);
        const decided = best[i]! > far * Math.min(...others) || best[i]! * far < Math.min(...others);
        if (run <= 1 || !decided) await measure(i, run > 0);
      }
    // A result on a busy machine must be confirmed.
    const fastest = best.indexOf(Math.min(...best));
    for (let run = 0; run < runs && best[fastest]! < clearly * best[0]!; run++)
      for (const i of [0, fastest]) await measure(i, true);
    return Object.fromEntries(forms.map((form, i) => [form, Math.round(best[i]! * 1000) / 1000]));
  } finally {
    await owner.dispose();
  }
}

/** Returns arbitrary inputs of the gradient. */
function inputsOf({ gradient, shape }: Wanted): Record<string, Tensor> {
  const any = (dims: readonly number[]): Tensor => {
    const data = new Float32Array(sizeOf(dims));
    for (let i = 0; i < data.length; i++) data[i] = (i % 499) / 250 - 1;
    return float32(dims, data);
  };
  const dy = any(shape.y);
  if (gradient === "dw") return { x: any(shape.x), dy };
  const each = (channels: number) => any([channels, 1, ...shape.kernel_shape.map(() => 1)]);
  return { w: any(shape.w), dy, before: each(shape.y[1]!), behind: each(shape.x[1]!) };
}

/**
 * Builds a model that computes a gradient in one form, k times: its inputs stay in the runtime, and one number is
 * returned.
 *
 * In a step an input's gradient is between other convolutions, which read and write blocks of channels. Here it is
 * between two cheap ones, with one number per channel.
 */
async function formModel(runtime: Runtime, { gradient, shape }: Wanted, form: ConvForm): Promise<Uint8Array> {
  const [{ fuseForOrt }, { blockForOrt }] = await Promise.all([
    import("../../graph/passes/fuse-for-ort.js"),
    import("../../graph/passes/block-for-ort.js"),
  ]);
  const graph = new Graph("form");
  const g = new Builder(graph);
  const input = (name: string, dims: readonly number[]) =>
    graph.input(name, { dtype: "float32", shape: dims });
  const choose = (): ConvForm => form;
  const [k, s, dy] = [input("k", [1]), input("s", [1]), input("dy", shape.y)];
  const between = (v: Value, name: string, channels: number) => {
    const kernel = input(name, [channels, 1, ...shape.kernel_shape.map(() => 1)]);
    return g.conv(v, kernel, "", { group: channels });
  };
  const made =
    gradient === "dw"
      ? convWeightGradient(g, input("x", shape.x), dy, shape, choose)
      : between(
          convInputGradient(g, input("w", shape.w), between(dy, "before", shape.y[1]!), shape, choose),
          "behind",
          shape.x[1]!,
        );
  const one = g.slice(g.reshape(made, [-1]), { starts: [0], ends: [1], axes: [0] });
  const next = g.add(s, g.mul(k, one));
  graph.outputs.push(next);
  const blockSize = (await runtime.blockSize?.()) ?? 1;
  const fused = fuseForOrt(graph);
  return stepModel(blockSize > 1 ? blockForOrt(fused, { blockSize }) : fused, {
    state: [{ input: "s", output: fused.outputs[0]! }],
    perStep: ["k"],
    scalars: [],
  });
}
