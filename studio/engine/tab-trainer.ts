import { type ReadonlySignal, signal } from "@preact/signals";
import type { EngraftError } from "../../src/core/errors.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import type { OptionValue, Project } from "../../src/studio/project.js";
import { groupOption } from "../../src/studio/project-rows.js";
import type { KeptRun, ModelSource, OnEvent } from "../../src/web/index.js";
import type { Store } from "../store/store.js";
import { isRunOf, itemsOf, newRunName, trainingData } from "../store/training-data.js";
import { loadWeb, ort } from "../store/web.js";
import { EventLog } from "./event-log.js";
import type { Predictor } from "./predictor.js";
import { runPredictor } from "./run-predictor.js";
import type { NumberedEvent, RunEntry, TestPrediction, Trainer } from "./trainer.js";

/** Returns the base that the user chose for a run that learns to write texts: the browser keeps no base. */
function decoderOf(
  { options: { base } }: Project,
  before: readonly EngraftEvent[],
): { readonly base?: ModelSource } {
  const writes = before.some((one) => one.event === "data" && one.task === "text-generation");
  return writes && typeof base === "string" ? { base } : {};
}

/** A training in this tab. */
interface Work {
  readonly log: EventLog;
  readonly stop: AbortController;
  /** Settles when the data are read or the call has failed. */
  readonly accepted: Promise<void>;
  readonly done: Promise<void>;
}

type Call = (hooks: { readonly onEvent: OnEvent; readonly signal: AbortSignal }) => Promise<unknown>;

/** Trains in a worker of this tab. Runs are in the private storage of the browser. */
export class TabTrainer implements Trainer {
  readonly #runs = signal<readonly RunEntry[]>([]);
  readonly runs: ReadonlySignal<readonly RunEntry[]> = this.#runs;
  /** Trainings of this tab; a finished one keeps its events. */
  readonly #works = new Map<string, Work>();
  readonly #running = new Set<string>();

  constructor(readonly store: Store) {}

  async refresh(project: Project): Promise<void> {
    try {
      const { listRuns } = await loadWeb();
      const [kept, held] = await Promise.all([listRuns(), heldLocks()]);
      this.#runs.value = kept
        .filter(({ name }) => isRunOf(project, name))
        .map((run) => this.#entry(run, held));
    } catch (error) {
      this.store.fail(error);
    }
  }

  async start(project: Project, options: Readonly<Record<string, OptionValue>>): Promise<string> {
    const name = newRunName(project);
    const { train } = await loadWeb();
    const [data, base] = await Promise.all([this.#data(project), this.#base(project)]);
    const work = this.#work(project, name, (hooks) =>
      train(data, { ...groupOption(project), ...options, ...base, ...hooks, name, ort: ort() }),
    );
    try {
      await work.accepted;
    } catch (error) {
      await work.done;
      await this.remove(name).catch(() => undefined);
      throw error;
    }
    await (await openItemCache())?.put(address(name), Response.json(itemsOf(project)));
    await this.refresh(project);
    return name;
  }

  async resume(project: Project, name: string): Promise<void> {
    const { resume, readEvents } = await loadWeb();
    const [data, base, before] = await Promise.all([
      this.#data(project),
      this.#base(project),
      readEvents(name),
    ]);
    const options = { ...decoderOf(project, before), ...base, ort: ort() };
    const call: Call = (hooks) => resume(name, data, { ...options, ...hooks });
    await this.#work(project, name, call, before).accepted;
    await this.refresh(project);
  }

  async stop(name: string): Promise<void> {
    const work = this.#works.get(name);
    work?.stop.abort();
    await work?.done;
  }

  async remove(name: string): Promise<void> {
    await (await loadWeb()).removeRun(name);
    await (await openItemCache())?.delete(address(name));
    this.#works.delete(name);
    this.#runs.value = this.#runs.value.filter((run) => run.name !== name);
  }

  async *watch(name: string, after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
    const work = this.#works.get(name);
    if (work) yield* work.log.after(after, signal);
    else if (this.#runs.value.some((run) => run.name === name && run.status !== "damaged"))
      for (const [i, event] of (await (await loadWeb()).readEvents(name)).entries())
        if (i >= after) yield { id: i + 1, event };
  }

  async report(name: string, lang: "en" | "zh"): Promise<string> {
    const html = await (await loadWeb()).report(name, { lang });
    const page = new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
    // The service worker answers this address, with the header `sandbox`.
    if (!navigator.serviceWorker?.controller) return URL.createObjectURL(await page.blob());
    const at = new URL(`reports/${encodeURIComponent(name)}-${lang}`, document.baseURI).href;
    await (await caches.open("engraft-reports")).put(at, page);
    return at;
  }

  async predictions(name: string): Promise<readonly TestPrediction[]> {
    const predictions = (await (await loadWeb()).readPredictions(name)) ?? [];
    const kept = await (await openItemCache())?.match(address(name));
    const sampleOf = new Map<string, string>(kept && (await kept.json()));
    return predictions.map((one) => ({ ...one, id: sampleOf.get(one.item) }));
  }

  async open(name: string): Promise<Predictor> {
    return runPredictor(await (await loadWeb()).load({ run: name }, { ort: ort() }));
  }

  async modelFiles(name: string) {
    const project = this.store.project.value!;
    // A finished run returns its result and its files again.
    const [data, base] = await Promise.all([this.#data(project), this.#base(project)]);
    const { files } = await (await loadWeb()).resume(name, data, { ...base, ort: ort() });
    return files;
  }

  readonly #data = (project: Project) => trainingData(project, (hash) => this.store.content(hash));

  /** The base of the project as an option; the usual one without. */
  async #base({ base }: Project): Promise<{ readonly base?: ModelSource }> {
    if (!base) return {};
    const content = await this.store.content(base.hash);
    return { base: { name: base.name, files: [{ path: "model.zip", content }] } };
  }

  /** Runs a call of the library, and records its events. @param before events of a run that is resumed */
  #work(project: Project, name: string, call: Call, before: readonly EngraftEvent[] = []): Work {
    const log = new EventLog();
    for (const event of before) log.add(event);
    const stop = new AbortController();
    let accept!: () => void;
    const isAccepted = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const onEvent: OnEvent = (event) => {
      log.add(event);
      if (event.event === "data") accept();
    };
    this.#running.add(name);
    const called = call({ onEvent, signal: stop.signal });
    const done = called
      .catch(({ kind, message, help, exitCode, code, details }: EngraftError) => {
        if (kind === "Interrupted") return;
        const more = { ...(help !== undefined && { help }), ...(code && { code, details }) };
        log.add({ event: "error", kind, message, exit: exitCode, ...more });
      })
      .then(async () => {
        this.#running.delete(name);
        await this.refresh(project);
        log.end();
      });
    const work = { log, stop, done, accepted: Promise.race([isAccepted, called.then(() => undefined)]) };
    this.#works.set(name, work);
    return work;
  }

  #entry({ name, status, ...others }: KeptRun, held: readonly string[]): RunEntry {
    const path = `engraft /runs/${name}`;
    const isHeld = held.some((lock) => lock === path || lock.startsWith(`${path}/`));
    const isRunning = this.#running.has(name) || (status === "running" && isHeld);
    return { ...others, name, status: isRunning ? "running" : status === "running" ? "stopped" : status };
  }
}

/** Items of runs with the ids of their samples: the project may change after a run. */
const openItemCache = (): Promise<Cache | undefined> => caches.open("engraft-items").catch(() => undefined);
const address = (run: string): string => `runs/${encodeURIComponent(run)}`;

/** Names of the locks that tabs of this site hold. The library holds one for each run that it trains. */
async function heldLocks(): Promise<readonly string[]> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.map(({ name = "" }) => name);
}
