import { noDevice } from "../device.js";

/** The part of the page's WebGPU that is used here. */
interface PageGpu {
  requestAdapter(): Promise<{ readonly info?: Partial<Record<AdapterFact, string>> } | null>;
}
type AdapterFact = "description" | "vendor" | "architecture";

/**
 * Returns the name of the page's GPU, as far as the browser tells it.
 * @throws DeviceError if the page has none
 */
export async function pageAdapter(): Promise<string | undefined> {
  const { gpu } = ((globalThis as { navigator?: unknown }).navigator ?? {}) as { readonly gpu?: PageGpu };
  if (!gpu) throw noDevice("webgpu", "the browser has no WebGPU, or the page is not secure");
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw noDevice("webgpu", "the browser gives no adapter");
  const { description, vendor, architecture } = adapter.info ?? {};
  return description || [vendor, architecture].filter(Boolean).join(" ") || undefined;
}
