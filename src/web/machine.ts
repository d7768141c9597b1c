import { EngraftError, messageOf } from "../core/errors.js";
import { type Message, message } from "../core/messages/message.js";
import type { Platform } from "../platform/platform.js";
import { reportThumbnail, webScope } from "../platform/web.js";
import type { Machine } from "../run/machine.js";
import type { Device } from "../runtime/device.js";
import { type OrtWebModule, webRuntime } from "../runtime/ort-web.js";
import type { Setup } from "./messages.js";

/** Returns onnxruntime-web: the one in the file of the worker, or loaded from the address that the page gives. */
async function loadOrt(
  { ort }: Pick<Setup, "ort">,
  brought: OrtWebModule | undefined,
): Promise<OrtWebModule> {
  if (brought) return brought;
  if (ort === undefined)
    throw new EngraftError("OptionError", "the worker has no onnxruntime-web", {
      help: "call serve({ ort }) in it, or give the address of onnxruntime-web as `ort`",
    });
  try {
    const module = (await import(/* @vite-ignore */ /* webpackIgnore: true */ ort)) as OrtWebModule & {
      readonly default?: OrtWebModule;
    };
    return module.InferenceSession ? module : module.default!;
  } catch (cause) {
    throw new EngraftError("NetworkError", `onnxruntime-web cannot be loaded: ${messageOf(cause)}`, {
      at: ort,
      help: "`ort` is the address of a file like ort.wasm.min.mjs of the package onnxruntime-web, with its .wasm beside it",
      cause,
    });
  }
}

/** Lets the worker receive pending messages. Without it, a request to stop would wait for the end of the run. */
function otherMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const listener = (): void => {
      port1.close();
      resolve();
    };
    // Setting the listener this way also opens the port. (Node's types have no such field.)
    Object.assign(port1, { onmessage: listener });
    port2.postMessage(undefined);
  });
}

/** Returns the machine of a run in the worker of a tab. */
export function webMachine(platform: Platform, setup: Setup, brought: OrtWebModule | undefined): Machine {
  return {
    platform,
    report: setup.report,
    async openRuntime({ threads = 1, device = setup.device ?? "cpu" } = {}) {
      const ort = await loadOrt(setup, brought);
      const open = (on: Device) => webRuntime(ort, { threads, between: otherMessages, device: on });
      if (device !== "auto") return open(device);
      return (await import("../run/device/open-faster.js")).openFaster(open);
    },
    async thumbnails(items) {
      const made: Record<string, string> = {};
      for (const { id, path } of items) {
        try {
          made[id] = await reportThumbnail(await platform.files.read(path));
        } catch {
          // A report without a thumbnail is still a report.
        }
      }
      return made;
    },
    reportAssets: async () => undefined,
    command: (_data, { base: _base, ...options }, out) =>
      `train(data, ${JSON.stringify({ ...options, name: out.split("/").at(-1) })})`,
  };
}

/**
 * Returns the number of threads, and the reason if it is lower than requested.
 * @param requested by the user
 */
export function threadsOf(
  requested: number | undefined,
  platform: Platform,
): { threads: number; because?: Message } {
  const { crossOriginIsolated, navigator } = webScope();
  const wanted = requested ?? navigator?.hardwareConcurrency ?? 1;
  if (crossOriginIsolated === true || wanted === 1) return { threads: requested ?? platform.cores() };
  return { threads: 1, because: message("one-thread") };
}
