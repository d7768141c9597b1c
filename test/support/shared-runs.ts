// Trained runs that all tests share: the first test that needs one trains it. Nobody writes into their folder; a test that resumes a run
// or changes it works on a copy. `test/global-setup.ts` makes the folder and removes it after the last test.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CompareOptions,
  type ComparisonResult,
  compare,
  type EngraftEvent,
  type ResultOf,
  train,
} from "../../src/index.js";
import { withLock } from "../../src/platform/node.js";
import { type RunRecord, recordOf } from "../characterisation/record.js";
import {
  casesOf,
  type ToyTask,
  trainToy,
  type UnrecordedToyTask,
  unrecorded,
} from "../characterisation/tasks.js";
import { type Toy, toysIn, withCache } from "../characterisation/toys.js";
import { tinyBase, tinyData } from "./fixtures.js";
import { writeSpeech } from "./sound-data.js";

/** Returns the folder of the shared toys and runs. */
export const sharedFolder = (): string => process.env.ENGRAFT_TEST_RUNS!;

/** Returns what `make` returned, a JSON value; `make` runs once for all test files. */
async function shared<T>(name: string, make: () => Promise<T>): Promise<T> {
  const result = join(sharedFolder(), "made", `${name}.json`);
  const read = (): T => JSON.parse(readFileSync(result, "utf8")) as T;
  if (existsSync(result)) return read();
  mkdirSync(dirname(result), { recursive: true });
  return withLock(
    `${result}.lock`,
    async () => {
      if (existsSync(result)) return read();
      writeFileSync(`${result}.tmp`, JSON.stringify(await asShared(make)));
      renameSync(`${result}.tmp`, result);
      return read();
    },
    // As long as a test may take: the test that waits shall not fail before the one that trains.
    { wait: 600_000 },
  );
}

/** Calls `make`. Its trainings count as shared, not as those of the test that comes first. */
async function asShared<T>(make: () => Promise<T>): Promise<T> {
  const file = process.env.ENGRAFT_TEST_FILE;
  process.env.ENGRAFT_TEST_FILE = "shared";
  try {
    return await make();
  } finally {
    if (file === undefined) delete process.env.ENGRAFT_TEST_FILE;
    else process.env.ENGRAFT_TEST_FILE = file;
  }
}

/** Returns the shared toys. */
export const sharedToys = (): Toy => toysIn(join(sharedFolder(), "toys"), (name, make) => shared(name, make));

/** A trained toy of a task. */
export interface ToyRun {
  /** Path of the data. */
  readonly data: string;
  /** Folder of the run. */
  readonly out: string;
  readonly result: object;
  /** What the characterisation tests compare. Missing: the task has no records. */
  readonly record?: RunRecord;
}

/** Returns the run of a toy that all tests share. */
export const toyRun = (name: ToyTask | UnrecordedToyTask): Promise<ToyRun> =>
  shared(`${name}-run`, async () => {
    const root = sharedFolder();
    const one = name in unrecorded ? undefined : casesOf(name as ToyTask).find(({ shared }) => shared);
    const out = join(root, "runs", one?.name ?? name);
    const events: EngraftEvent[] = [];
    const place = { toy: sharedToys(), out, onEvent: (event: EngraftEvent) => void events.push(event) };
    return withCache(join(root, "caches", name), async () => {
      if (!one) return { ...(await trainToy(name, { strategy: "finetune", epochs: 3 }, place)), out };
      const ran = await one.run(place);
      return {
        data: ran.scoredOn![0]!,
        out,
        result: ran.result,
        record: await recordOf(ran, out, events, root),
      };
    });
  });

/** Returns a recogniser that hears the toy speech: the bundled base, with a beam decoder and a language model of characters. */
export const speechRun = (): Promise<{
  readonly data: string;
  readonly result: ResultOf<"automatic-speech-recognition">;
}> =>
  shared("speech-run", async () => {
    const at = join(sharedFolder(), "speech-run");
    const data = writeSpeech(join(at, "data"), 60);
    const result = await train(data, {
      ...{ task: "automatic-speech-recognition", groupFrom: "speaker", epochs: 22, batchSize: 8, threads: 1 },
      ...{ decoder: "beam", lmOrder: 3, out: join(at, "run"), cache: false },
    });
    return { data, result };
  });

/** A comparison of two strategies with two seeds, without a given test split. */
export interface SharedComparison {
  readonly data: string;
  /** Options of each training but its strategy and seed. */
  readonly options: CompareOptions;
  /** Folder of the study. */
  readonly study: string;
  readonly result: ComparisonResult;
  readonly events: readonly EngraftEvent[];
}

/** Returns the comparison that all tests share. */
export const sharedComparison = (): Promise<SharedComparison> =>
  shared("comparison", async () => {
    const at = (name: string): string => join(sharedFolder(), "comparison", name);
    const data = await tinyData(at("data"), { ant: 20, bee: 20 });
    const options = { base: tinyBase(at("base")), epochs: 1, threads: 1 };
    const events: EngraftEvent[] = [];
    const onEvent = (event: EngraftEvent) => void events.push(event);
    const study = at("study");
    const result = await withCache(at("cache"), () =>
      compare(data, { ...options, strategies: ["probe", "bitfit"], seeds: 2, out: study, onEvent }),
    );
    return { data, options, study, result, events };
  });
