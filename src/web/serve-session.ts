import type { Machine } from "../run/machine.js";
import type { LiveSession, SessionBase, SessionOptions, SessionSample } from "../session/live-session.js";
import { openSessionOn } from "../session/open-session.js";
import type { SampleInput } from "../tasks/inputs/read-content.js";
import { type Callable, withBytes } from "./handles.js";
import type { TrainedFile } from "./messages.js";
import { readFolder, runPath } from "./stored-runs.js";
import type { WebSample, WebSampleInput, WebSession } from "./web-session.js";

/** Opens a session that a page calls. @throws as `openSession` */
export async function serveSession(
  machine: Machine,
  base: SessionBase,
  options: SessionOptions,
): Promise<Callable> {
  const session = await openSessionOn(machine, base, options);
  return { ...methodsOf(session, machine), task: session.task, base: session.base };
}

/** Returns the methods of a session, which take blobs and pixels. */
function methodsOf(session: LiveSession, { platform: { files } }: Machine) {
  /** The calls of `add` so far. Reading blobs takes time, so later calls wait until the session has the samples. */
  let added: Promise<unknown> = Promise.resolve();
  const inputOf = (given: unknown) => withBytes(given) as Promise<SampleInput>;
  const sampleOf = async (one: WebSample): Promise<SessionSample> => {
    return one && { ...one, input: await inputOf(one.input) };
  };
  return {
    add(samples: readonly WebSample[]) {
      const before = added;
      // The session refuses what is no list of samples.
      const reading = Array.isArray(samples) ? Promise.all(samples.map(sampleOf)) : inputOf(samples);
      const adding = reading.then(async (all) => {
        await before;
        return session.add(all as readonly SessionSample[]);
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
    predict: async (given: WebSampleInput | readonly WebSampleInput[]) =>
      session.predict(await inputOf(given)),
    async save(name: string): Promise<readonly TrainedFile[]> {
      const path = runPath(name);
      const what = `the model ${JSON.stringify(name)}`;
      return readFolder(files, await files.withLock(path, () => session.save(path), { what }));
    },
    close: () => session.close(),
  } satisfies Omit<Record<keyof WebSession, unknown>, "task" | "base">;
}
