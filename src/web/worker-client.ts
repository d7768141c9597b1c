import { EngraftError, messageOf } from "../core/errors.js";
import type { OnEvent } from "../core/events/events.js";
import { decodeError } from "../runtime/protocol.js";
import type { Answers, Call, Reply, Requests, SentSource, Setup } from "./messages.js";
import type { ModelSource, WebSetup, WorkerLike } from "./options.js";

/** Request without an answer yet. */
interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: EngraftError) => void;
}

/** Messages between a page and its worker, which starts with the first request. */
export class WorkerClient {
  #worker: WorkerLike | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<number, OnEvent>();
  #counter = 0;
  #over: EngraftError | undefined;

  constructor(private readonly setup: WebSetup) {}

  #start(): WorkerLike {
    const worker = (this.setup.worker ?? defaultWorker)();
    worker.addEventListener("message", (event) => this.#settle((event as { readonly data: Reply }).data));
    worker.addEventListener("error", (event) => {
      const { message = "it could not be loaded" } = event as { readonly message?: string };
      this.#fail(
        new EngraftError("InternalError", `the worker stopped: ${message}`, {
          help: "see that the worker's file is served as JavaScript (with a bundler, give `worker`); if memory was short, use a smaller batch or base",
        }),
      );
    });
    return worker;
  }

  /**
   * Sends a request, and returns its answer. After an abort the call still waits, because the worker saves its state first. Events and
   * the signal of a session go on after it was opened.
   */
  async request<C extends Call>(
    call: C,
    content: Requests[C],
    { onEvent, signal }: { readonly onEvent?: OnEvent; readonly signal?: AbortSignal } = {},
  ): Promise<Answers[C]> {
    if (this.#over) throw this.#over;
    const id = ++this.#counter;
    const stop = (): void => void this.request("stop", { stops: id }).catch(() => undefined);
    this.#worker ??= this.#start();
    try {
      this.#worker.postMessage({ id, call, ...content });
    } catch (cause) {
      throw new EngraftError("OptionError", `the worker cannot get this: ${messageOf(cause)}`, {
        help: "give plain values, files and other blobs, and bitmaps that are not closed",
        cause,
      });
    }
    const answer = new Promise<Answers[C]>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    if (onEvent) this.#listeners.set(id, onEvent);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    try {
      return await answer;
    } finally {
      if (call !== "openSession") {
        this.#listeners.delete(id);
        signal?.removeEventListener("abort", stop);
      }
    }
  }

  /** Ends the worker, which frees all its memory. */
  close(): void {
    this.#worker?.terminate();
    this.#fail(new EngraftError("OptionError", "the worker was closed", { help: "open a new one" }));
  }

  #settle(reply: Reply): void {
    if ("event" in reply) {
      this.#listeners.get(reply.id)?.(reply.event);
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#pending.delete(reply.id);
    if ("error" in reply) pending.reject(decodeError(reply.error));
    else pending.resolve(reply.value as never);
  }

  #fail(why: EngraftError): void {
    this.#over ??= why;
    for (const { reject } of this.#pending.values()) reject(this.#over);
    this.#pending.clear();
  }
}

type WorkerConstructor = new (url: URL | string, options: { readonly type: "module" }) => WorkerLike;

/**
 * Returns the address of a file by its path relative to this one. A function, because a bundler would copy the file of a
 * literal `new URL("…", import.meta.url)`.
 */
function siblingUrl(path: string): URL {
  return new URL(path, import.meta.url);
}

/** Starts the worker in the folder of this file. If that is on another site, a worker of this site imports it. */
function defaultWorker(): WorkerLike {
  const scope = globalThis as unknown as {
    readonly Worker?: WorkerConstructor;
    readonly location?: { readonly origin: string };
  };
  if (!scope.Worker)
    throw new EngraftError("InternalError", "there are no web workers here", {
      help: "engraft/web is for browsers; in Node use engraft",
    });
  const file = siblingUrl("./start.js");
  if (file.origin === scope.location?.origin || file.protocol === "blob:")
    return new scope.Worker(file, { type: "module" });
  const source = new Blob([`import ${JSON.stringify(file.href)};`], { type: "text/javascript" });
  return new scope.Worker(URL.createObjectURL(source), { type: "module" });
}

/** Returns the setup for the worker. @throws OptionError without an address of the runtime */
export function sentSetup({ ort, worker, device, threads }: WebSetup, report = false): Setup {
  if (ort === undefined && worker === undefined)
    throw new EngraftError("OptionError", "nothing says where onnxruntime-web is", {
      help: 'give its address: ort: "/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs"; or a worker that brings it',
    });
  // From dist/ in the package, two folders up from this file and from the bundle's.
  const assets = siblingUrl("../../assets/").href;
  return { ort: ort === undefined ? undefined : absolute(ort), device, threads, report, assets };
}

/** Returns a source in the form for the worker. @throws OptionError for a value that is none */
export function sentSource(source: ModelSource): SentSource {
  const isObject = typeof source === "object" && source !== null;
  if (!isObject && (typeof source !== "string" || source === ""))
    throw new EngraftError("OptionError", `${JSON.stringify(source) ?? typeof source} names no model`, {
      help: 'give a name such as "vision-open", an address, { files } or { run }',
    });
  if (typeof source === "string" && (/^hf:/.test(source) || !/\/|\.onnx$/i.test(source)))
    return { named: source };
  if (typeof source === "string" || source instanceof URL) return { url: absolute(source) };
  if ("run" in source) return source;
  return { name: source.name ?? "model", files: source.files };
}

/** Returns an address relative to the page as an absolute one: the worker has another folder. */
function absolute(address: string | URL): string {
  const { location } = globalThis as unknown as { readonly location?: { readonly href: string } };
  try {
    return new URL(address, location?.href).href;
  } catch (cause) {
    throw new EngraftError("OptionError", `${JSON.stringify(String(address))} is no address`, { cause });
  }
}
