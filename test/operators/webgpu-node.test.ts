// Every operator and every gradient on onnxruntime-node's WebGPU provider, with Chromium's software driver for Vulkan.
import { describe } from "vitest";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { runtimeConformance } from "../../src/runtime/runtime.conformance.js";
import { useSoftwareGpu } from "../support/software-gpu.js";
import { webGpuSuite } from "./webgpu-suite.js";

useSoftwareGpu();
const open = () => nodeRuntime({ threads: 1, device: "webgpu" });

runtimeConformance("Node on WebGPU", open);
// `npm test` runs them on the WebGPU of a tab.
describe("all operators", { tags: ["thorough"] }, () => webGpuSuite("webgpu-node", open));
