import { messageOf } from "../core/errors.js";
import type { EngraftEvent, OnEvent, TrainResultEvent } from "../core/events.js";
import { type Dataset, PixelCache } from "../data/index.js";
import type { Machine } from "./machine.js";
import { defaults, type TrainOptions } from "./options.js";
import type { RunFolder } from "./run-folder.js";
import { requireSameBase, requireSameData } from "./same.js";
import { openBody, openData } from "./setup.js";
import { trainAndScore } from "./train-and-score.js";

/**
 * Carry a run out, from the first step or from where it was stopped: open what it needs, see that it is what the
 * run was started with, train, and close everything again.
 */
export async function carryOut(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  dataset: Dataset | undefined,
): Promise<TrainResultEvent> {
  const begin = performance.now();
  const { platform } = machine;
  const events: EngraftEvent[] = [];
  const record = recorder(run, options.onEvent);
  const onEvent: OnEvent = (event) => {
    options.onEvent?.(event);
    if (event.event === "progress") return;
    events.push(event);
    record.write(event);
  };
  const threads = options.threads ?? platform.cores();
  // The decoder loads and the data is looked through here while the runtime loads in its own thread.
  const decoderVersion = platform.pictures.version();
  decoderVersion.catch(() => undefined);
  const afterStart = held(onEvent);
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const looked = { ...options, seed, onEvent: afterStart.onEvent };
  const looking = openData(dataset ?? run.manifest.data, looked, platform);
  looking.catch(() => undefined);
  const runtime = await machine.openRuntime(threads);
  try {
    onEvent({
      event: "start",
      command: run.manifest.command,
      version: runtime.version,
      run: run.path,
      seed: options.seed ?? defaults.seed,
      threads,
      machine: platform.machine(),
    });
    const versions = {
      ...platform.versions(),
      [runtime.name]: runtime.version,
      decoder: await decoderVersion,
    };
    for (const [name, before] of Object.entries(run.manifest.versions)) {
      const now = (versions as Record<string, string>)[name];
      if (now === before) continue;
      onEvent({
        event: "warning",
        code: "versions",
        message: `the run was started with ${name} ${before}, now it is ${now ?? "another"}: the result may differ in the last bits`,
      });
    }
    await run.update({ versions });
    afterStart.release();
    const given = await looking;
    await requireSameData(run, given);
    const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
    await requireSameBase(run, opened);
    // A probe looks at each picture once: keeping it would cost memory and save nothing.
    const once = options.strategy === "probe" && options.baselines !== true;
    const decoded = once ? new PixelCache(0) : PixelCache.for(given.items.length, opened.base.preprocessing);
    const context = { run, options, machine, platform, runtime, dataset: given, opened, decoded, onEvent };
    const { teacher } = run.manifest.options;
    if (teacher !== undefined)
      return await (await import("./distill/distill-and-score.js")).distillAndScore(context, begin, events);
    return await trainAndScore(context, begin, events);
  } finally {
    await record.end();
    await runtime.close();
  }
}

/** Keeps events back, so that what is done ahead of its turn is told in its turn. */
function held(onEvent: OnEvent): { readonly onEvent: OnEvent; release(): void } {
  let waiting: EngraftEvent[] | undefined = [];
  return {
    onEvent: (event) => (waiting ? waiting.push(event) : onEvent(event)),
    release() {
      const events = waiting ?? [];
      waiting = undefined;
      for (const event of events) onEvent(event);
    },
  };
}

/** Events on their way to `events.jsonl`, in order. A full disk must not stop the run before its checkpoint says so. */
export function recorder(run: RunFolder, onEvent: OnEvent | undefined) {
  let writing: Promise<void> = Promise.resolve();
  let failed = false;
  return {
    write(event: EngraftEvent): void {
      writing = writing
        .then(() => (failed ? undefined : run.event(event)))
        .catch((error: unknown) => {
          failed = true;
          onEvent?.({
            event: "warning",
            code: "events",
            message: `the run's events are not recorded any more: ${messageOf(error)}`,
          });
        });
    },
    end: () => writing,
  };
}
