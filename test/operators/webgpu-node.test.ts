// Every operator and every gradient on onnxruntime-node's WebGPU provider, with Chromium's software driver for Vulkan.
// @module-tag thorough
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { runtimeConformance } from "../../src/runtime/runtime.conformance.js";
import { useSoftwareGpu } from "../support/software-gpu.js";
import { webGpuSuite } from "./webgpu-suite.js";

const open = () => {
  useSoftwareGpu();
  return nodeRuntime({ threads: 1, device: "webgpu" });
};

runtimeConformance("Node on WebGPU", open);
webGpuSuite("webgpu-node", open);
