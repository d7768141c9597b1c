import { afterEach, expect, test, vi } from "vitest";
import { deviceEvent } from "../run/device/device-event.js";
import { openFaster } from "../run/device/open-faster.js";
import { type OrtWebModule, webRuntime } from "./ort-web.js";

const ort = { env: { wasm: {}, versions: { common: "1" } } } as unknown as OrtWebModule;
const page = (adapter: object | null) => ({ gpu: { requestAdapter: async () => adapter } });
afterEach(() => vi.unstubAllGlobals());

test("a page without WebGPU, or without an adapter, has no GPU, and auto says so", async () => {
  for (const [navigator, words] of [
    [{}, "the browser has no WebGPU, or the page is not secure"],
    [page(null), "the browser gives no adapter"],
  ] as const) {
    vi.stubGlobal("navigator", navigator);
    await expect(webRuntime(ort, { device: "webgpu" })).rejects.toMatchObject({
      ...{ kind: "DeviceError", message: "this machine has no GPU that WebGPU can use" },
      ...{ help: expect.stringContaining("run on the CPU: --device cpu"), details: { onnxruntime: words } },
    });
    const runtime = await openFaster((device) => webRuntime(ort, { device }));
    expect(deviceEvent(runtime)).toEqual({
      ...{ event: "device", device: "cpu", words: "CPU: there is no GPU that WebGPU can use" },
    });
  }
});

test("an adapter has the name that the browser tells, and auto leaves one that computes on the CPU", async () => {
  vi.stubGlobal(
    "navigator",
    page({ info: { description: "", vendor: "google", architecture: "swiftshader" } }),
  );
  expect((await webRuntime(ort, { device: "webgpu" })).adapter).toBe("google swiftshader");
  const { words } = deviceEvent(await openFaster((device) => webRuntime(ort, { device })));
  expect(words).toBe("CPU: google swiftshader computes on the CPU");
  vi.stubGlobal("navigator", page({ info: { description: "NVIDIA RTX A2000", vendor: "nvidia" } }));
  expect((await webRuntime(ort, { device: "webgpu" })).adapter).toBe("NVIDIA RTX A2000");
  vi.stubGlobal("navigator", page({}));
  expect((await webRuntime(ort, { device: "webgpu" })).adapter).toBeUndefined();
});

test("runtimes of one module take turns, and an error does not stop the next call", async () => {
  const [first, second] = [await webRuntime(ort), await webRuntime(ort)];
  const order: string[] = [];
  const call = async (name: string): Promise<void> => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`${name} ends`);
  };
  const failing = first.inOrder(async () => {
    await call("first");
    throw new Error("lost");
  });
  await Promise.all([expect(failing).rejects.toThrow("lost"), second.inOrder(() => call("second"))]);
  expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
});
