import { trainOn } from "../api/train.js";
import type { OnEvent } from "../core/events/events.js";
import { type Message, message, warningText } from "../core/messages/message.js";
import type { Explanation } from "../core/results/explanation.js";
import { memoryVolume, openStorage, type Volume, webPlatform } from "../platform/web.js";
import type { OrtWebModule } from "../runtime/ort-web.js";
import { encodeError } from "../runtime/protocol.js";
import type { DataInspection } from "../tasks/inspect-data.js";
import type { CustomTaskRow, TaskMachine } from "../tasks/registry.js";
import { Handles, withBytes } from "./handles.js";
import { threadsOf, webMachine } from "./machine.js";
import type {
  Answers,
  Call,
  Handle,
  Reply,
  Request,
  Requests,
  SentInputs,
  Setup,
  Trained,
} from "./messages.js";
import { bundledModels, givenData, openSource } from "./sources.js";
import {
  freeName,
  listStoredRuns,
  otherData,
  readStoredEvents,
  readTrained,
  removeStoredRun,
  runPath,
} from "./stored-runs.js";

/** Port to the page: the part that is used. */
interface Port {
  postMessage(message: Reply): void;
  addEventListener(kind: "message", listener: (event: { readonly data: Request }) => void): void;
}

/**
 * Serves a page from a worker.
 * @param options.ort onnxruntime-web, if a bundler includes it in the worker; default: loaded from the address that the page gives
 * @param options.tasks your own tasks, in addition to those of the product
 * @example
 * import * as ort from "onnxruntime-web/wasm";
 * import { serve } from "engraft/web/worker";
 * serve({ ort });
 */
export function serve(
  options: { readonly ort?: OrtWebModule; readonly tasks?: readonly CustomTaskRow[] } = {},
): void {
  const port = globalThis as unknown as Port;
  const stops = new Map<number, AbortController>();
  const worker = new TabWorker(options.ort, options.tasks);
  port.addEventListener("message", async ({ data: request }) => {
    const { id } = request;
    if (request.call === "stop") {
      stops.get(request.stops)?.abort();
      port.postMessage({ id, value: undefined });
      return;
    }
    const stop = new AbortController();
    stops.set(id, stop);
    try {
      const onEvent: OnEvent = (event) => port.postMessage({ id, event });
      port.postMessage({ id, value: await worker.answer(request, { onEvent, signal: stop.signal }) });
    } catch (error) {
      port.postMessage({ id, error: encodeError(error) });
    }
    // The signal of a session counts for all its calls.
    if (request.call !== "openSession") stops.delete(id);
  });
}

/** Callback and signal of a request. */
interface Hooks {
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
}

type OpenModel = Requests["load"];

/** Setup of a worker that opens no model. */
const withoutModels: Setup = { ort: undefined, device: undefined, threads: 1, report: true, assets: "" };

/** Worker of a page: runs its requests. */
class TabWorker {
  readonly #handles = new Handles();
  #storage: ReturnType<typeof openStorage> | undefined;

  constructor(
    private readonly ort: OrtWebModule | undefined,
    private readonly tasks: readonly CustomTaskRow[] = [],
  ) {}

  async answer(request: Exclude<Request, { call: "stop" }>, hooks: Hooks): Promise<Answers[Call]> {
    switch (request.call) {
      case "train":
        return this.#train(request, hooks);
      case "resume":
        return this.#resume(request, hooks);
      case "load":
        return this.#load(request, hooks);
      case "openSession":
        return this.#openSession(request, hooks);
      case "callHandle":
        return this.#handles.call(request);
      case "evaluate":
        return this.#evaluate(request, hooks);
      case "inspectData":
        return this.#inspectData(request, hooks);
      case "explain":
        return this.#explain(request, hooks);
      case "report":
        return this.#report(request, hooks);
      case "predictions":
        return this.#predictions(request, hooks);
      case "events":
        return readStoredEvents((await this.#machine(withoutModels, hooks)).machine.platform, request.name);
      case "runs":
        return listStoredRuns((await this.#machine(withoutModels, hooks)).machine.platform);
      case "remove":
        return removeStoredRun((await this.#machine(withoutModels, hooks)).machine.platform, request.name);
    }
  }

  async #train({ setup, inputs, name, options }: Requests["train"], hooks: Hooks): Promise<Trained> {
    const { machine, data, moved, test, threads } = await this.#open(setup, inputs, hooks);
    const { files } = machine.platform;
    const out = runPath(name ?? (await freeName(files)));
    const given = { ...options, ...moved, ...(test !== undefined && { test }) };
    return readTrained(files, await trainOn(machine, data, { ...given, ...hooks, out, threads }));
  }

  async #resume({ setup, inputs, name }: Requests["resume"], hooks: Hooks): Promise<Trained> {
    const { machine, data, moved, threads } = await this.#open(setup, inputs, hooks);
    const { base, initFrom } = moved;
    try {
      const given = { ...(base !== undefined && { base }), threads, ...hooks };
      // The folder may have another name now: only its content must be the same.
      const at = { data, ...(initFrom !== undefined && { initFrom }) };
      const { resumeOn } = await import("../api/resume-training.js");
      const result = await resumeOn(machine, runPath(name), given, at);
      return readTrained(machine.platform.files, result);
    } catch (error) {
      throw otherData(error, name) ?? error;
    }
  }

  /** Opens everything that a run needs. Warns first if the tab has no storage or only one thread. */
  async #open(setup: Setup, inputs: SentInputs, hooks: Hooks) {
    const storage = await this.#openStorage();
    if (storage.volatileBecause !== undefined)
      hooks.onEvent({
        event: "warning",
        ...warningText("storage", message("nothing-kept-in-tab", { why: storage.volatileBecause })),
      });
    const data = givenData(inputs.data, "data");
    const test = inputs.test && givenData(inputs.test, "test");
    const base = inputs.base && (await openSource(inputs.base, { ...hooks, isBase: true }));
    const initFrom = inputs.initFrom && (await openSource(inputs.initFrom, hooks, "init"));
    const { machine, threads, because } = await this.#machine(setup, hooks, {
      data: data.volume,
      ...(test && { test: test.volume }),
      ...base?.volumes,
      ...initFrom?.volumes,
    });
    if (because !== undefined) hooks.onEvent({ event: "warning", ...warningText("threads", because) });
    const moved = { ...(base && { base: base.path }), ...(initFrom && { initFrom: initFrom.path }) };
    return { machine, data: data.root, test: test?.root, moved, threads };
  }

  /** Without storage of the browser, calls on a connection share the volumes in memory. */
  #openStorage(): ReturnType<typeof openStorage> {
    this.#storage ??= openStorage();
    return this.#storage;
  }

  async #machine(
    setup: Setup,
    hooks: Hooks,
    volumes: Readonly<Record<string, Volume>> = {},
  ): Promise<{ readonly machine: TaskMachine; readonly threads: number; readonly because?: Message }> {
    const { runs, cache } = await this.#openStorage();
    const platform = webPlatform({ assets: bundledModels(setup.assets, hooks), runs, cache, ...volumes });
    const machine = { ...webMachine(platform, setup, this.ort), tasks: this.tasks };
    return { machine, ...threadsOf(setup.threads, platform) };
  }

  /** Opens a model folder together with further volumes. */
  async #openModel({ setup, source }: OpenModel, hooks: Hooks, more: Readonly<Record<string, Volume>> = {}) {
    const { path, volumes } = await openSource(source, hooks);
    return { path, ...(await this.#machine(setup, hooks, { ...volumes, ...more })) };
  }

  async #load(request: OpenModel, hooks: Hooks): Promise<Handle> {
    const { path, machine, threads } = await this.#openModel(request, hooks);
    // Loaded on demand: a page that only trains does not need it.
    const { loadOn } = await import("../api/load.js");
    const { dir: _dir, ...model } = await loadOn(machine, path, { threads });
    const members = Object.entries(model).map(([name, value]) =>
      typeof value === "function"
        ? [name, async (...given: unknown[]) => value(...(await Promise.all(given.map(withBytes))))]
        : [name, value],
    );
    return this.#handles.add(Object.fromEntries(members));
  }

  async #openSession({ setup, source, options }: Requests["openSession"], hooks: Hooks): Promise<Handle> {
    const { path, volumes } = await openSource(source, { ...hooks, isBase: true });
    const { machine, threads } = await this.#machine(setup, hooks, volumes);
    const base = "run" in source ? { run: path } : path;
    const { serveSession } = await import("./serve-session.js");
    return this.#handles.add(await serveSession(machine, base, { ...options, ...hooks, threads }));
  }

  async #predictions({ name }: Requests["predictions"], hooks: Hooks): Promise<Answers["predictions"]> {
    const { machine } = await this.#machine(withoutModels, hooks);
    const { readPredictions } = await import("../run/test-predictions.js");
    return readPredictions(runPath(name), machine.platform.files);
  }

  async #report({ name, ...options }: Requests["report"], hooks: Hooks): Promise<string> {
    const { machine } = await this.#machine(withoutModels, hooks);
    const { reportOn } = await import("../tasks/report/write-report.js");
    const { report } = await reportOn(machine, runPath(name), options);
    return new TextDecoder().decode(await machine.platform.files.read(report));
  }

  async #inspectData({ data, options }: Requests["inspectData"], hooks: Hooks): Promise<DataInspection> {
    const { volume, root } = givenData(data, "data");
    const { machine } = await this.#machine(withoutModels, hooks, { data: volume });
    const { inspectDataOn } = await import("../tasks/inspect-data.js");
    return inspectDataOn(machine, root, { ...options, signal: hooks.signal });
  }

  async #evaluate(request: Requests["evaluate"], hooks: Hooks): Promise<Answers["evaluate"]> {
    const { volume, root } = givenData(request.data, "data");
    const { path, machine, threads } = await this.#openModel(request, hooks, { data: volume });
    const { evaluateOn } = await import("../api/evaluate.js");
    return evaluateOn(machine, path, root, { ...request.options, ...hooks, threads });
  }

  async #explain(request: Requests["explain"], hooks: Hooks): Promise<readonly Explanation[]> {
    // An explanation holds the name of its sample.
    const pictures = new Map<string, Blob & { readonly name?: string }>();
    const items = request.items.map((item, i) => {
      if (!(item instanceof Blob)) return item as string;
      pictures.set(`/pictures/${i}`, item);
      return `/pictures/${i}`;
    });
    const files = Array.from(pictures, ([path, file]) => [path.split("/")[2]!, file] as const);
    const { path, machine, threads } = await this.#openModel(request, hooks, {
      pictures: memoryVolume(Object.fromEntries(files)),
    });
    const { explainOn } = await import("../api/explain.js");
    const { signal } = hooks;
    const all: Explanation[] = [];
    for await (const one of explainOn(machine, path, items, { ...request.options, signal, threads })) {
      const name = pictures.get(String(one.input))?.name;
      all.push(name === undefined ? one : { ...one, input: name });
    }
    return all;
  }
}
