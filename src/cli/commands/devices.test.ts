import { expect, test } from "vitest";
import { adapterIn } from "../../runtime/device.js";
import { table } from "./devices.js";

test("a GPU whose system does not name it says so", () => {
  const gpu = { device: "webgpu", available: true, gigaflops: 900, largest_tensor: 2 ** 30 } as const;
  const lines = table([
    { device: "cpu", available: true, gigaflops: 80 },
    { ...gpu },
    { ...gpu, adapter: "NVIDIA RTX A2000", software: false },
    { ...gpu, adapter: "llvmpipe", software: true },
    { device: "cuda", available: false, problem: "onnxruntime-node has no CUDA here" },
  ]);
  expect(lines.map((line) => line.trimEnd())).toEqual([
    "device  rate  largest tensor",
    "cpu     80    –",
    "webgpu  900   1024 MiB        GPU (name not available on this system)",
    "webgpu  900   1024 MiB        NVIDIA RTX A2000",
    "webgpu  900   1024 MiB        llvmpipe (computes on the CPU)",
    "cuda    –     –               onnxruntime-node has no CUDA here",
  ]);
});

test("the Vulkan loader names the GPU; a driver that prints nothing of it leaves it unnamed", () => {
  const printed = `[Vulkan Loader] DRIVER: Using "NVIDIA RTX A2000" with driver: "/usr/lib/libGLX_nvidia.so.0"\n`;
  expect(adapterIn(printed)).toEqual({ name: "NVIDIA RTX A2000", driver: "/usr/lib/libGLX_nvidia.so.0" });
  expect(adapterIn("Metal: nothing")).toBeUndefined();
});
