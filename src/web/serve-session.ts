import type { Machine } from "../run/machine.js";
import type { SessionBase, SessionOptions, SessionSample } from "../session/live-session.js";
import { openSessionOn } from "../session/open-session.js";
import type { SampleInput } from "../tasks/inputs/read-content.js";
import { type Callable, withBytes } from "./handles.js";
import type { TrainedFile } from "./messages.js";
import { readFolder, runPath } from "./stored-runs.js";
import type { WebSample, WebSampleInput, WebSession } from "./web-session.js";

/** Opens a session that a page calls: its methods take blobs and pixels. @throws as `openSession` */
export async function serveSession(
  machine: Machine,
  from: SessionBase,
  options: SessionOptions,
): Promise<Callable> {
  const session = await openSessionOn(machine, from, options);
  const { files } = machine.platform;
  /** The calls of `add` so far. Reading blobs takes time, so later calls wait until the session has the samples. */
  let added: Promise<unknown> = Promise.resolve();
  const inputOf = (given: unknown) => withBytes(given) as Promise<SampleInput>;
  const sampleOf = async (one: WebSample) => one && { ...one, input: await inputOf(one.input) };
  const { task, base } = session;
  return {
    ...{ task, base },
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
    remove: (ids: readonly string[]) => added.then(() => session.remove(ids)),
    fit: (options?: Parameters<WebSession["fit"]>[0]) => added.then(() => session.fit(options)),
    predict: async (given: WebSampleInput | readonly WebSampleInput[]) =>
      session.predict(await inputOf(given)),
    async save(name: string): Promise<readonly TrainedFile[]> {
      const path = runPath(name);
      const what = `the model ${JSON.stringify(name)}`;
      return readFolder(files, await files.withLock(path, () => session.save(path), { what }));
    },
    close: () => session.close(),
  } satisfies Record<keyof WebSession, unknown>;
}
