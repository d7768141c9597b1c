import { resumeOn } from "../api/resume-training.js";
import { trainOn } from "../api/train.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent, OnEvent, TrainResultEvent } from "../core/events/events.js";
import { classificationOf } from "../core/results/task.js";
import type { Files } from "../platform/platform.js";
import { openStorage, webPlatform } from "../platform/web.js";
import { RunFolder } from "../run/folder/run-folder.js";
import type { Machine } from "../run/machine.js";
import type { OrtWebModule } from "../runtime/ort-web.js";
import { encodeError } from "../runtime/protocol.js";
import type { Model } from "../tasks/classes/image-model.js";
import { givenData } from "./given.js";
import { threadsOf, webMachine } from "./machine.js";
import type {
  Answers,
  Call,
  KeptRun,
  Reply,
  Request,
  Requests,
  SentSource,
  Setup,
  Trained,
} from "./messages.js";
import type { ModelFile } from "./options.js";
import { openSource } from "./sources.js";

/** The port to the page, as far as it is used. */
interface Port {
  postMessage(message: Reply): void;
  addEventListener(kind: "message", listener: (event: { readonly data: Request }) => void): void;
}

/**
 * Answer the page from a worker.
 * @param options.ort onnxruntime-web, where a bundler puts it into the worker's file; else the page says where it is
 * @example
 * import * as ort from "onnxruntime-web/wasm";
 * import { serve } from "engraft/web/worker";
 * serve({ ort });
 */
export function serve(options: { readonly ort?: OrtWebModule } = {}): void {
  const port = globalThis as unknown as Port;
  const stops = new Map<number, AbortController>();
  const worker = new TabWorker(options.ort);
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
    stops.delete(id);
  });
}

interface Ears {
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
}

/** What a worker can do for its page. */
class TabWorker {
  #model: Model | undefined;

  constructor(private readonly ort: OrtWebModule | undefined) {}

  async answer(request: Exclude<Request, { call: "stop" }>, ears: Ears): Promise<Answers[Call]> {
    switch (request.call) {
      case "train":
        return this.#train(request, ears);
      case "resume":
        return this.#resume(request, ears);
      case "load":
        return this.#load(request, ears);
      case "predict": {
        if (!this.#model) throw new EngraftError("InternalError", "no model was loaded in this worker");
        const bytes = new Uint8Array(await request.picture.arrayBuffer());
        return this.#model.predict(bytes, request.top === undefined ? {} : { top: request.top });
      }
      case "runs":
        return listKept();
      case "remove":
        return removeKept(request.name);
    }
  }

  async #train({ setup, data, base, name, options }: Requests["train"], ears: Ears): Promise<Trained> {
    const { machine, source, root, threads } = await this.#open(setup, base, data, options.threads, ears);
    const { onEvent, signal } = ears;
    const result = await trainOn(machine, root, {
      ...options,
      out: runPath(name ?? (await freeName(machine.platform.files))),
      base: source,
      threads,
      onEvent,
      signal,
    });
    return trained(machine.platform.files, result);
  }

  async #resume(
    { setup, data, base, name, threads: asked }: Requests["resume"],
    ears: Ears,
  ): Promise<Trained> {
    const { machine, source, root, threads } = await this.#open(setup, base, data, asked, ears);
    try {
      // The folder may have another name now: what counts is that its pictures are the same.
      const result = await resumeOn(
        machine,
        runPath(name),
        { base: source, threads, ...ears },
        { data: root },
      );
      // A page trains on pictures and classes only.
      return trained(machine.platform.files, result as TrainResultEvent);
    } catch (error) {
      throw otherPictures(error, name) ?? error;
    }
  }

  /** Everything that a run needs, with what the user should know about this tab told first. */
  async #open(
    setup: Setup,
    base: SentSource,
    data: Requests["train"]["data"],
    asked: number | undefined,
    { onEvent, signal }: Ears,
  ) {
    const storage = await openStorage();
    if (storage.volatileBecause !== undefined)
      onEvent({
        event: "warning",
        code: "storage",
        message: `nothing is kept when this tab is closed, so there are no checkpoints: ${storage.volatileBecause}`,
      });
    const given = givenData(data, "data");
    const { path: source, volumes } = await openSource(base, { onEvent, signal });
    const { runs, cache } = storage;
    const platform = webPlatform({ runs, cache, data: given.volume, ...volumes });
    const { threads, because } = threadsOf(asked, platform);
    if (because !== undefined) onEvent({ event: "warning", code: "threads", message: because });
    const machine: Machine = webMachine(platform, setup, this.ort);
    return { machine, source, root: given.root, threads };
  }

  async #load({ setup, source, threads: asked }: Requests["load"], ears: Ears): Promise<Answers["load"]> {
    const { path, volumes: own } = await openSource(source, ears);
    const platform = webPlatform({ ...(await volumes()), ...own });
    const { threads } = threadsOf(asked, platform);
    // A page that only trains does not load it.
    const { loadModelOn } = await import("../tasks/classes/image-model.js");
    this.#model = await loadModelOn(webMachine(platform, setup, this.ort), path, { threads });
    return { classes: this.#model.classes };
  }
}

async function volumes() {
  const { runs, cache } = await openStorage();
  return { runs, cache };
}

/** Returns what a page can do about a run that was started with other pictures: `--out` is no option here. */
function otherPictures(error: unknown, name: string): EngraftError | undefined {
  if (!(error instanceof EngraftError) || error.details.changed !== "data") return undefined;
  const { how } = error.details;
  return new EngraftError("RunError", `these are other pictures than the run's: ${how}`, {
    at: error.at,
    help: `choose the pictures that the run was started with, or start over: removeRun(${JSON.stringify(name)})`,
    details: error.details,
    cause: error,
  });
}

/** Removes a run that no other tab works on. */
async function removeKept(name: string): Promise<undefined> {
  const path = runPath(name);
  const { files } = webPlatform(await volumes());
  await files.withLock(path, () => files.remove(path), { what: `the run ${JSON.stringify(name)}` });
}

/** @throws OptionError for a name that is a path */
function runPath(name: string): string {
  if (/^[^/\\]+$/.test(name) && name !== "." && name !== "..") return `/runs/${name}`;
  throw new EngraftError("OptionError", `${JSON.stringify(name)} is no name for a run`, {
    help: "give a name without slashes",
  });
}

/** 2026-01-31, or …-2, -3 if that is there. */
async function freeName(files: Files): Promise<string> {
  const today = new Date().toISOString().slice(0, 10);
  for (let n = 1; ; n++) {
    const name = n === 1 ? today : `${today}-${n}`;
    if (!(await files.stat(runPath(name)))) return name;
  }
}

async function trained(files: Files, result: TrainResultEvent): Promise<Trained> {
  const found: ModelFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const { name, kind } of await files.list(folder)) {
      const path = files.join(folder, name);
      if (kind === "folder") await walk(path);
      else found.push({ path: files.relative(result.model, path), content: await files.read(path) });
    }
  };
  await walk(result.model);
  const report = files.join(result.run, "report.html");
  const text = (await files.stat(report)) && new TextDecoder().decode(await files.read(report));
  return { result, files: found, report: text };
}

/** A page trains on pictures and classes only. */
function ofPictures(event: EngraftEvent | undefined): event is TrainResultEvent {
  return event?.event === "result" && event.task === classificationOf.image;
}

async function listKept(): Promise<KeptRun[]> {
  const platform = webPlatform(await volumes());
  const kept: KeptRun[] = [];
  for (const { name } of await platform.files.list("/runs")) {
    try {
      const { manifest } = await RunFolder.open(platform, `/runs/${name}`);
      const { status, started, options, decided, result } = manifest;
      const strategy = decided?.strategy ?? options.strategy;
      kept.push({
        name,
        status,
        started,
        ...(typeof strategy === "string" && { strategy }),
        ...(ofPictures(result) && { result }),
      });
    } catch {
      // Something else, or a run that was closed before its manifest was written.
    }
  }
  return kept.sort((a, b) => (a.started < b.started ? 1 : -1));
}
