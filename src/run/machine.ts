import type { Sample } from "../data/index.js";
import type { RecipeOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { ReportAssets } from "../report/index.js";
import type { Device, DeviceChoice } from "../runtime/device.js";
import type { Runtime } from "../runtime/runtime.js";
import { commandLine } from "./command-line.js";

/** How a runtime is opened. */
export interface RuntimeRequest {
  /** CPU threads. Default: all cores. */
  readonly threads?: number | undefined;
  /** Where it computes. Default: the machine's own choice, in Node "cpu". */
  readonly device?: DeviceChoice | undefined;
  /** Called if the runtime is slower than it should be. Default: the machine's own warning. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** The machine of a task: files, images, runtime, and report assets. */
export interface Machine {
  readonly platform: Platform;
  openRuntime(options?: RuntimeRequest): Promise<Runtime>;
  /** True if runs write a report. */
  readonly report: boolean;
  /** Returns thumbnails of items, as `data:` URIs by id; unreadable ones are left out. */
  thumbnails(
    items: readonly Pick<Sample, "id" | "path">[],
    options?: { readonly whole?: boolean },
  ): Promise<Record<string, string>>;
  /** Returns the assets for the report's charts; undefined if they stay tables. */
  reportAssets(): Promise<ReportAssets | undefined>;
  /** Returns the command or code that starts the run again. */
  command(data: string, options: Readonly<RecipeOptions>, out: string): string;
}

/** A machine whose runtime is open. */
export interface OpenedMachine extends Machine {
  readonly runtime: Runtime;
}

/** Node. Loaded when a task starts, not when the library is imported. @throws EngraftError under limits that Node cannot work with */
export async function openMachine(): Promise<Machine> {
  const { nodePlatform, requireCacheLimit, requireLimits } = await import("../platform/node.js");
  requireLimits();
  requireCacheLimit();
  return {
    platform: nodePlatform,
    report: true,
    openRuntime: async ({ threads = nodePlatform.cores(), device = "cpu", onWarning } = {}) => {
      const [{ nodeRuntime }, { costStore }] = await Promise.all([
        import("../runtime/ort-node.js"),
        import("./forecast/cost-store.js"),
      ]);
      const open = (on: Device) =>
        nodeRuntime({
          threads,
          device: on,
          costs: (version) => costStore(nodePlatform, threads, version),
          onWarning,
        });
      if (device !== "auto") return open(device);
      const { openFaster } = await import("./device/open-faster.js");
      return openFaster(open);
    },
    thumbnails: async (items, how) =>
      (await import("../report/thumbnails-node.js")).makeThumbnails(items, how),
    reportAssets: async () => (await import("../report/assets.js")).loadReportAssets(nodePlatform.files),
    command: (data, options, out) => commandLine(data, { ...options }, out),
  };
}
