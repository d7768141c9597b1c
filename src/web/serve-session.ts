import type { Machine } from "../run/machine.js";
import type { LiveSession, SessionBase, SessionOptions, SessionSample } from "../session/live-session.js";
import { openSessionOn } from "../session/open-session.js";
import type { SampleInput } from "../tasks/inputs/read-content.js";
import { type Callable, type Hooks, withBytes } from "./handles.js";
import type { TrainedFile } from "./messages.js";
import { readFolder, runPath } from "./stored-runs.js";
import type { WebSample, WebSession } from "./web-session.js";

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
  /** The calls of `add` so far. Reading blobs takes turns, so that later calls find earlier samples. */
  let added: Promise<unknown> = Promise.resolve();
  return {
    async add(samples: readonly WebSample[]) {
      const read = readInputs(samples);
      const before = added;
      const adding = read.then(async (all) => {
        await before;
        return session.add(all);
      });
      added = adding.catch(() => undefined);
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
    predict: async (given: unknown) => session.predict((await withBytes(given)) as SampleInput),
    async save(name: string): Promise<readonly TrainedFile[]> {
      const path = runPath(name);
      const what = `the model ${JSON.stringify(name)}`;
      return readFolder(files, await files.withLock(path, () => session.save(path), { what }));
    },
    close: () => session.close(),
  } satisfies Omit<Record<keyof WebSession, unknown>, "task" | "base">;
}

/** Returns samples whose inputs a session reads. A value that is no sample stays: the session refuses it. */
async function readInputs(samples: readonly WebSample[]): Promise<readonly SessionSample[]> {
  if (!Array.isArray(samples)) return samples as never;
  const read = async (sample: WebSample | null) =>
    ({ ...sample, input: await withBytes(sample?.input) }) as SessionSample;
  return Promise.all(samples.map(read));
}
