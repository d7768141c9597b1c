import type { InferenceSession } from "onnxruntime-common";
import { messageOf } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { type Device, noDevice } from "./device.js";
import { type LocalOptions, LocalRuntime } from "./ort-local.js";
import type { OrtModule } from "./ort-tensors.js";

/**
 * Opens a runtime on a GPU, after a trial: x + 1.
 * @throws DeviceError if there is no GPU that the provider can use
 */
export async function openDevice(
  ort: OrtModule,
  device: Exclude<Device, "cpu">,
  options: LocalOptions,
): Promise<LocalRuntime> {
  const sessionOptions: InferenceSession.SessionOptions = {
    ...options.sessionOptions,
    executionProviders: [device],
  };
  const runtime = new LocalRuntime(ort, {
    ...options,
    device,
    sessionOptions,
    ...(device === "webgpu" && {
      fit: (await import("../graph/passes/fit-webgpu.js")).fitWebGpu,
      keepsState: true,
    }),
  });
  try {
    const graph = new Graph("trial");
    const g = new Builder(graph);
    graph.outputs.push(g.add(graph.input("x", { dtype: "float32", shape: [1] }), g.number(1)));
    const session = await runtime.session(toOnnx(graph));
    await session.run({ x: float32([1], [1]) });
    await session.dispose();
    return runtime;
  } catch (error) {
    throw noDevice(device, messageOf(error));
  }
}
