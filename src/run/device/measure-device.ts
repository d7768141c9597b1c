import { messageOf } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Device } from "../../runtime/device.js";
import { isSoftware } from "../../runtime/device.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";

/** A device of this machine. */
export interface DeviceInfo {
  readonly device: Device;
  /** True if a run can use it. */
  readonly available: boolean;
  /** Why it cannot be used. */
  readonly problem?: string;
  /** Name of the GPU, if its driver tells it. */
  readonly adapter?: string;
  /** File of the GPU's driver, if it is known. */
  readonly driver?: string;
  /** True if the GPU's driver computes on the CPU. */
  readonly software?: boolean;
  /** Measured rate of a product of two float32 matrices, in 10⁹ multiplications and additions a second. */
  readonly gigaflops?: number;
  /** Bytes of the largest tensor that was tried and worked, at most 2³⁰. Only for a GPU. */
  readonly largest_tensor?: number;
}

/** Products in a row, so that the time is that of the products and not of the call. */
const products = 8;
/** Sides of the matrices. The next is measured until a run takes this many milliseconds. */
const [sides, enough] = [[128, 256, 512, 1024, 2048], 60] as const;
/** Sizes of tensors that are tried, in bytes. */
const sizes = [2 ** 27, 2 ** 28, 2 ** 29, 2 ** 30] as const;

/** Opens a device, measures it, and closes it. Does not throw: a device that cannot be used says why. */
export async function measureDevice(
  device: Device,
  open: (device: Device) => Promise<Runtime>,
): Promise<DeviceInfo> {
  let runtime: Runtime;
  try {
    runtime = await open(device);
  } catch (error) {
    return { device, available: false, problem: messageOf(error) };
  }
  try {
    const { adapter, driver } = runtime;
    const software = adapter !== undefined && isSoftware(adapter);
    const gigaflops = await matrixRate(runtime);
    const largest = device === "cpu" || software ? undefined : await largestTensor(runtime);
    return {
      device,
      available: true,
      ...(adapter !== undefined && { adapter, software }),
      ...(driver !== undefined && { driver }),
      gigaflops,
      ...(largest !== undefined && { largest_tensor: largest }),
    };
  } catch (error) {
    return { device, available: false, problem: messageOf(error) };
  } finally {
    await runtime.close();
  }
}

/** Returns 2 n³ · products / seconds / 10⁹ of the largest matrices that are quick enough. */
async function matrixRate(runtime: Runtime): Promise<number> {
  let rate = 0;
  for (const n of sides) {
    const graph = new Graph("products");
    const g = new Builder(graph);
    const x = graph.input("x", { dtype: "float32", shape: [n, n] });
    let y = x;
    // Each value stays near 1 / n · n: no overflow.
    for (let i = 0; i < products; i++) y = g.matmul(y, x);
    graph.outputs.push(g.reduceMean(y));
    const session = await openSession(runtime, graph);
    const feeds = { x: float32([n, n], new Float32Array(n * n).fill(1 / n)) };
    await session.run(feeds);
    const begin = performance.now();
    await session.run(feeds);
    const ms = performance.now() - begin;
    await session.dispose();
    rate = (2 * n ** 3 * products) / ms / 1e6;
    if (ms > enough) break;
  }
  return Number(rate.toPrecision(2));
}

/** Returns the bytes of the largest tensor that the device can hold and read; 0 if even the smallest fails. */
async function largestTensor(runtime: Runtime): Promise<number> {
  let largest = 0;
  for (const bytes of sizes) {
    const graph = new Graph("large");
    const g = new Builder(graph);
    const x = graph.input("x", { dtype: "float32", shape: [1, 1024] });
    graph.outputs.push(g.reduceMean(g.expand(x, [bytes / 4096, 1024])));
    try {
      const session = await openSession(runtime, graph);
      const [mean] = Object.values(
        await session.run({ x: float32([1, 1024], new Float32Array(1024).fill(1)) }),
      );
      await session.dispose();
      // A buffer over the limit may be cut without an error.
      if (Math.abs(Number((mean!.data as Float32Array)[0]) - 1) > 1e-3) break;
    } catch {
      break;
    }
    largest = bytes;
  }
  return largest;
}
