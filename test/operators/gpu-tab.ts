// A runtime on WebGPU in a tab of Chromium, whose software adapter (SwiftShader) computes where there is no GPU.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { EngraftError, type ErrorKind } from "../../src/core/errors.js";
import type { Tensor } from "../../src/core/tensor.js";
import { fitWebGpu } from "../../src/graph/passes/fit-webgpu.js";
import type {
  Port,
  Runtime,
  Session,
  SessionOptions,
  TrainingSession,
  TrainingSpec,
} from "../../src/runtime/runtime.js";
import { launchChromium, softwareGpu } from "../support/chromium.js";
import type { Answer } from "./gpu-page.js";
import { type Call, decodeAll, encodeAll, type PackedTensors } from "./gpu-protocol.js";

interface Opened {
  readonly on: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** A tab with a WebGPU device. */
export class GpuTab {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
    private readonly page: Page,
    /** `google swiftshader` */
    readonly adapter: string,
  ) {}

  /** @throws Error with what the browser says when it has no WebGPU adapter. */
  static async open(): Promise<GpuTab> {
    const script = await bundled();
    const dist = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const ort = /^\/ort\/([\w.-]+\.(mjs|wasm))$/.exec(pathname);
      const [type, body] = ort
        ? [ort[2] === "wasm" ? "application/wasm" : "text/javascript", readFileSync(join(dist, ort[1]!))]
        : pathname === "/page.js"
          ? ["text/javascript", script]
          : ["text/html", '<!doctype html><title>tab</title><script type="module" src="/page.js"></script>'];
      response.writeHead(200, { "content-type": type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await launchChromium(...softwareGpu);
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const adapter = await page.evaluate(async () => {
      interface Gpu {
        requestAdapter(): Promise<{ info: { vendor: string; architecture: string } } | null>;
      }
      const { navigator } = globalThis as unknown as { navigator: { gpu?: Gpu } };
      const found = await navigator.gpu?.requestAdapter();
      return found ? `${found.info.vendor} ${found.info.architecture}` : undefined;
    });
    if (adapter === undefined) {
      await browser.close();
      server.close();
      throw new Error(
        `Chromium ${browser.version()} has no WebGPU adapter, not even its software one\n` +
          "  help: libvk_swiftshader.so belongs to Debian's package chromium; see chrome://gpu",
      );
    }
    await page.waitForFunction(() => "ask" in globalThis);
    return new GpuTab(server, browser, page, adapter);
  }

  /** A runtime over the tab. */
  async runtime(): Promise<Runtime> {
    const about = (await this.ask({ method: "hello" })) as Pick<Runtime, "name" | "version" | "threads">;
    const open = async (call: Call): Promise<Opened> => (await this.ask(call)) as Opened;
    return {
      ...about,
      device: "webgpu",
      fit: fitWebGpu,
      keepsState: true,
      session: async (model: Uint8Array, options: SessionOptions = {}) =>
        this.session(await open({ method: "session", model: base64(model), options })),
      training: async (model: Uint8Array, { state, frozen, options = {} }: TrainingSpec) => {
        const tensors = encodeAll(Object.fromEntries(state));
        const call = { method: "training", model: base64(model), tensors, options } as const;
        const held = frozen && { frozen: encodeAll(Object.fromEntries(frozen)) };
        return this.training(await open({ ...call, ...held }));
      },
      close: async () => undefined,
    };
  }

  /** Bytes to and from the device since the last call. */
  async traffic(): Promise<{ up: number; down: number; buffers: number }> {
    return (await this.ask({ method: "traffic" })) as { up: number; down: number; buffers: number };
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }

  private session({ on, inputs, outputs }: Opened): Session {
    return {
      inputs,
      outputs,
      run: async (feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]) =>
        this.tensors({ method: "run", on, tensors: encodeAll(feeds), ...(fetches && { fetches }) }),
      dispose: async () => void (await this.ask({ method: "dispose", on })),
    };
  }

  private training({ on, inputs, outputs }: Opened): TrainingSession {
    return {
      inputs,
      outputs,
      steps: async (feeds, count) => this.tensors({ method: "steps", on, tensors: encodeAll(feeds), count }),
      undo: async () => void (await this.ask({ method: "undo", on })),
      readState: async () => new Map(Object.entries(await this.tensors({ method: "readState", on }))),
      writeState: async (state) =>
        void (await this.ask({ method: "writeState", on, tensors: encodeAll(Object.fromEntries(state)) })),
      evaluator: async (model, options = {}) =>
        this.session((await this.ask({ method: "evaluator", on, model: base64(model), options })) as Opened),
      sharing: async (model, options = {}) =>
        this.training((await this.ask({ method: "sharing", on, model: base64(model), options })) as Opened),
      dispose: async () => void (await this.ask({ method: "dispose", on })),
    };
  }

  private async tensors(call: Call): Promise<Record<string, Tensor>> {
    return decodeAll((await this.ask(call)) as PackedTensors);
  }

  private async ask(call: Call): Promise<unknown> {
    const { value, error } = await this.page.evaluate(
      (given) => (globalThis as unknown as { ask(call: Call): Promise<Answer> }).ask(given),
      call,
    );
    if (!error) return value;
    if (error.kind === "") throw new Error(`in the tab: ${error.message}`);
    const { at, help, details } = error;
    throw new EngraftError(error.kind as ErrorKind, error.message, {
      ...(at !== undefined && { at }),
      ...(help !== undefined && { help }),
      details,
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("gpu-page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}
