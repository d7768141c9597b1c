import { EngraftError } from "../core/errors.js";
import { classificationOf } from "../core/results/task.js";
import type { Machine } from "../run/machine.js";
import type { LiveSession, SessionBase, SessionOptions, SessionSample } from "../session/live-session.js";
import { openSessionOn } from "../session/open-session.js";
import type { SampleInput } from "../tasks/inputs/read-content.js";
import { type Callable, type Hooks, withBytes } from "./handles.js";
import type { TrainedFile } from "./messages.js";
import { readFolder, runPath } from "./stored-runs.js";
import type { WebSample, WebSampleInput, WebSession } from "./web-session.js";

/** Opens a session that a page calls. @throws as `openSession` */
export async function serveSession(
  machine: Machine,
  base: SessionBase,
  options: SessionOptions,
  first: Hooks,
): Promise<Callable> {
  const stop = new AbortController();
  let { onEvent } = first;
  const prepare = (hooks: Hooks): void => {
    onEvent = hooks.onEvent;
    hooks.signal.addEventListener("abort", () => stop.abort());
  };
  prepare(first);
  const hooks = { onEvent: (event: Parameters<typeof onEvent>[0]) => onEvent(event), signal: stop.signal };
  const session = await openSessionOn(machine, base, { ...options, ...hooks });
  const members = { ...methodsOf(session, machine), task: session.task, base: session.base };
  return { members, prepare };
}

/** Returns the methods of a session, which take blobs and pixels. */
function methodsOf(session: LiveSession, { platform: { files } }: Machine) {
  /** The calls of `add` so far. Reading blobs takes time, so later calls wait until the session has the samples. */
  let added: Promise<unknown> = Promise.resolve();
  const readAll = async (samples: readonly WebSample[]): Promise<readonly SessionSample[]> => {
    // The session refuses what is no list of samples.
    if (!Array.isArray(samples)) return samples as never;
    return Promise.all(
      (samples as readonly (WebSample | null)[]).map(async (one) => {
        const input = await readInput(session, one?.input, `the input of ${JSON.stringify(one?.id)}`);
        return { ...one, input } as SessionSample;
      }),
    );
  };
  return {
    add(samples: readonly WebSample[]) {
      const before = added;
      const adding = readAll(samples).then(async (all) => {
        await before;
        return session.add(all);
      });
      added = Promise.allSettled([before, adding]);
      return adding;
    },
    async remove(ids: readonly string[]) {
      await added;
      return session.remove(ids);
    },
    async fit() {
      await added;
      return session.fit();
    },
    async predict(given: WebSampleInput | readonly WebSampleInput[]) {
      if (!Array.isArray(given)) return session.predict(await readInput(session, given, "the input"));
      return session.predict(
        await Promise.all(given.map((one, i) => readInput(session, one, `input ${i + 1}`))),
      );
    },
    async save(name: string): Promise<readonly TrainedFile[]> {
      const path = runPath(name);
      const what = `the model ${JSON.stringify(name)}`;
      return readFolder(files, await files.withLock(path, () => session.save(path), { what }));
    },
    close: () => session.close(),
  } satisfies Omit<Record<keyof WebSession, unknown>, "task" | "base">;
}

/** Forms of an input that is no text. */
const forms = {
  [classificationOf.image]: "a picture as a Blob, its bytes, an ImageBitmap or ImageData",
  [classificationOf.audio]: "a sound as a Blob, its bytes, or its samples as a Float32Array",
};

/** Returns an input as a session reads it. @throws DataError for one that is no file: a tab has no paths */
async function readInput({ task }: LiveSession, input: unknown, name: string): Promise<SampleInput> {
  const read = await withBytes(input);
  if (task !== classificationOf.text && !ArrayBuffer.isView(read))
    throw new EngraftError("DataError", `${name} is ${typeof input}`, {
      help: `give ${forms[task]}`,
    });
  return read as SampleInput;
}
