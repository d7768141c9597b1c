// A disk that is full from any write on: the run says so in one sentence, and its folder can be resumed or is gone.
// @module-tag thorough
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import type { EngraftError } from "../../src/core/errors.js";
import { resume } from "../../src/index.js";
import type { TrainOptions } from "../../src/options/options.js";
import { fileError } from "../../src/platform/file-errors.js";
import { type Machine, openMachine } from "../../src/run/machine.js";
import { modelBytes } from "../support/fixtures.js";
import { tinyFolder } from "../support/tiny-folder.js";

const { path, data, base } = tinyFolder("full-disk");

/** A machine whose disk is full in one folder, after so many writes there. Small files that replace larger ones fail as well. */
async function machineWithRoom(
  folder: string,
  room: number,
): Promise<{ machine: Machine; writes(): number }> {
  const machine = await openMachine();
  const { files } = machine.platform;
  let writes = 0;
  const full = (file: string): boolean => file.startsWith(folder) && ++writes > room;
  const refused = (file: string) =>
    Promise.reject(fileError("write", file, Object.assign(new Error("no space"), { code: "ENOSPC" })));
  const small: Machine["platform"]["files"] = {
    ...files,
    writeAtomic: (file, content) => (full(file) ? refused(file) : files.writeAtomic(file, content)),
    append: (file, content) => (full(file) ? refused(file) : files.append(file, content)),
  };
  return { machine: { ...machine, platform: { ...machine.platform, files: small } }, writes: () => writes };
}

/** Numbers of writes that there may be room for: none, all but one, and some between. */
const rooms = (all: number, most: number): number[] => [
  ...new Set(Array.from({ length: most }, (_, i) => Math.round((i * (all - 1)) / (most - 1)))),
];

for (const [name, most, more] of [
  ["a probe", 12, { strategy: "probe", seeds: 1 }],
  [
    "a probe with a baseline from scratch",
    3,
    { strategy: "probe", baselines: true, scratchSteps: 12, seeds: 1 },
  ],
  ["a fine-tuning", 8, { strategy: "finetune", epochs: 2, baselines: false }],
] as const)
  test(`${name}: whatever there is room for, the folder can be resumed or is gone`, async () => {
    const options: TrainOptions = { ...more, base, threads: 1 };
    const run = async (out: string, room: number) => {
      const { machine, writes } = await machineWithRoom(out, room);
      const ended = trainOn(machine, data, { ...options, out }).then(
        () => undefined,
        (error: EngraftError) => error,
      );
      return { error: await ended, writes: writes() };
    };
    const whole = path(`${name} whole`);
    const { error: none, writes } = await run(whole, Number.POSITIVE_INFINITY);
    expect(none).toBeUndefined();
    let [gone, resumed] = [0, 0];
    for (const room of rooms(writes, most)) {
      const out = path(`${name} ${room}`);
      const { error } = await run(out, room);
      // Where only the record or the report found no room, the run itself is done.
      if (error) {
        expect(error).toMatchObject({ kind: "FileError", exitCode: 2, code: "storage-full" });
      }
      if (!existsSync(out)) gone++;
      else {
        await resume(out);
        resumed++;
        expect(modelBytes(out).equals(modelBytes(whole))).toBe(true);
      }
    }
    expect(gone).toBeGreaterThan(0);
    expect(resumed).toBeGreaterThan(0);
  });
