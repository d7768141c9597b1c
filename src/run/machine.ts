import type { ImageItem } from "../data/index.js";
import type { TrainOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { ReportAssets } from "../report/index.js";
import type { Runtime } from "../runtime/runtime.js";
import { commandLine } from "./command-line.js";

/** The machine a task runs on: its files and pictures, its runtime, and what a report is made with. */
export interface Machine {
  readonly platform: Platform;
  /** @param onWarning called when the runtime is slower than it should be; default: the machine's own way to warn */
  openRuntime(threads: number, onWarning?: (message: string) => void): Promise<Runtime>;
  /** Is a report written beside the model? */
  readonly report: boolean;
  /** Small pictures of items, as `data:` URIs by id; what cannot be read is left out. */
  thumbnails(
    items: readonly Pick<ImageItem, "id" | "path">[],
    options?: { readonly whole?: boolean },
  ): Promise<Record<string, string>>;
  /** What draws the report's curves; undefined where they stay a table. */
  reportAssets(): Promise<ReportAssets | undefined>;
  /** What a user would write to start the run again. */
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
