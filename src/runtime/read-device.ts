import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import type { Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { fromOrt, onDevice, typed } from "./ort-tensors.js";

/**
 * Reads tensors on a device by a graph that only passes them on. `OrtTensor.getData` aborts the process in onnxruntime-node 1.30.
 */
export class DeviceReader {
  /** By types and shapes: a training reads the same few sets again and again. */
  private readonly sessions = new Map<string, InferenceSession>();

  constructor(private readonly create: (model: Uint8Array) => Promise<InferenceSession>) {}

  /** Returns the values of tensors. Those on the device are copied, the others are not. */
  async read(values: readonly OrtTensor[]): Promise<Tensor[]> {
    const there = values.filter(onDevice);
    const made = there.length > 0 ? await this.passOn(there) : [];
    const copies = new Map(there.map((value, i) => [value, made[i]!]));
    return values.map((value) => fromOrt(copies.get(value) ?? value));
  }

  private async passOn(values: readonly OrtTensor[]): Promise<OrtTensor[]> {
    const types = values.map(typed);
    const key = types.map(({ dtype, dims }) => `${dtype}[${dims.join()}]`).join(" ");
    let session = this.sessions.get(key);
    if (!session) {
      const graph = new Graph("read");
      const g = new Builder(graph);
      const x = types.map(({ dtype, dims }, i) => graph.input(`x${i}`, { dtype, shape: dims }));
      graph.outputs.push(...x.map(g.identity));
      session = await this.create(toOnnx(graph));
      this.sessions.set(key, session);
    }
    const { inputNames, outputNames } = session;
    const made = await session.run(Object.fromEntries(values.map((value, i) => [inputNames[i]!, value])));
    return outputNames.map((name) => made[name]!);
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions.values()) await session.release();
    this.sessions.clear();
  }
}
