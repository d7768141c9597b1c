// onnxruntime-node's WebGPU provider keeps the contract of every runtime, with Chromium's software driver for Vulkan.
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { runtimeConformance } from "../../src/runtime/runtime.conformance.js";
import { useSoftwareGpu } from "../support/software-gpu.js";

useSoftwareGpu();
runtimeConformance("Node on WebGPU", () => nodeRuntime({ threads: 1, device: "webgpu" }));
