// Runs that several test files read. The file that comes first trains them; the folder lives as long as the suite.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ResultOf, train } from "../../src/index.js";
import { withLock } from "../../src/platform/node.js";
import { writeSpeech } from "./sound-data.js";

/** Set by `test/global-setup.mjs`. */
const folder = (): string => process.env.ENGRAFT_TEST_RUNS!;

/** Returns what `make` returned, a JSON value; `make` runs once for all test files. @param make gets a folder that does not exist yet */
async function shared<T>(name: string, make: (folder: string) => Promise<T>): Promise<T> {
  const result = join(folder(), `${name}.json`);
  const read = (): T => JSON.parse(readFileSync(result, "utf8")) as T;
  if (existsSync(result)) return read();
  return withLock(
    join(folder(), `${name}.lock`),
    async () => {
      if (existsSync(result)) return read();
      writeFileSync(`${result}.tmp`, JSON.stringify(await make(join(folder(), name))));
      renameSync(`${result}.tmp`, result);
      return read();
    },
    { wait: 300_000 },
  );
}

/** A recogniser that hears the toy speech: the bundled base, with a beam decoder and a language model of characters. */
export const speechRun = (): Promise<{
  readonly data: string;
  readonly result: ResultOf<"automatic-speech-recognition">;
}> =>
  shared("speech", async (at) => {
    const data = writeSpeech(join(at, "data"), 60);
    const result = await train(data, {
      ...{ task: "automatic-speech-recognition", groupFrom: "speaker", epochs: 22, batchSize: 8, threads: 1 },
      ...{ decoder: "beam", lmOrder: 3, out: join(at, "run"), cache: false },
    });
    return { data, result };
  });
