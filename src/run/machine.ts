import type { ImageItem } from "../data/index.js";
import type { TrainOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { ReportAssets } from "../report/index.js";
import type { Runtime } from "../runtime/runtime.js";
import { commandLine } from "./command-line.js";

/** The machine of a task: files, images, runtime, and report assets. */
export interface Machine {
  readonly platform: Platform;
  /** @param onWarning called if the runtime is slower than it should be; default: the machine's own warning */
  openRuntime(threads: number, onWarning?: (message: string) => void): Promise<Runtime>;
  /** True if runs write a report. */
  readonly report: boolean;
  /** Returns thumbnails of items, as `data:` URIs by id; unreadable ones are left out. */
  thumbnails(
    items: readonly Pick<ImageItem, "id" | "path">[],
    options?: { readonly whole?: boolean },
  ): Promise<Record<string, string>>;
  /** Returns the assets for the report's charts; undefined if they stay tables. */
  reportAssets(): Promise<ReportAssets | undefined>;
  /** Returns the command or code that starts the run again. */
  command(data: string, options: Readonly<TrainOptions>, out: string): string;
}

/** Node. Loaded when a task starts, not when the library is imported. */
export async function openMachine(): Promise<Machine> {
  const { nodePlatform } = await import("../platform/node.js");
  return {
    platform: nodePlatform,
    report: true,
    openRuntime: async (threads, onWarning) => {
      const [{ nodeRuntime }, { costStore }] = await Promise.all([
        import("../runtime/ort-node.js"),
        import("./forecast/cost-store.js"),
      ]);
      return nodeRuntime({
        threads,
        costs: (version) => costStore(nodePlatform, threads, version),
        ...(onWarning && { onWarning }),
      });
    },
    thumbnails: async (items, how) =>
      (await import("../report/thumbnails-node.js")).makeThumbnails(items, how),
    reportAssets: async () => (await import("../report/assets.js")).loadReportAssets(nodePlatform.files),
    command: (data, options, out) => commandLine(data, { ...options }, out),
  };
}
