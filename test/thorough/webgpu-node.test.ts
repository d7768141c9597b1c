// Every operator and every gradient on onnxruntime-node's WebGPU provider, with Chromium's software driver for Vulkan. `npm test` runs
// them on the WebGPU of a tab.
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { webGpuSuite } from "../operators/webgpu-suite.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

useSoftwareGpu();
webGpuSuite("webgpu-node", () => nodeRuntime({ threads: 1, device: "webgpu" }));
