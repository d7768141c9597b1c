import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import type { EngraftError } from "../core/errors.js";
import { lockState, withLock } from "./node-lock.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts another process that holds a lock until it is killed. */
async function holder(path: string): Promise<ChildProcess> {
  const file = new URL("../../dist/platform/node-lock.js", import.meta.url).href;
  const source = `import { withLock } from ${JSON.stringify(file)};
    await withLock(${JSON.stringify(path)}, () => {
      console.log("held");
      return new Promise((done) => setTimeout(done, 60_000));
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source]);
  await new Promise((held) => child.stdout.once("data", held));
  return child;
}
const ended = (child: ChildProcess) => {
  const end = new Promise((done) => child.once("close", done));
  child.kill("SIGKILL");
  return end;
};
const refusal = (path: string): Promise<EngraftError> =>
  withLock(path, () => Promise.reject(new Error("it was free"))).catch((error: EngraftError) => error);

test("a process that lives is named, one that was killed is not waited for", async () => {
  const path = join(folder, "run");
  expect(await lockState(path)).toBe(undefined);
  const child = await holder(path);
  expect(await lockState(path)).toBe("held");
  expect((await refusal(path)).format()).toBe(
    `RunError: "${path}" is in use by another process (${child.pid})\n  at ${path}.lock\n` +
      "  help: wait until it has finished, or choose another folder; after a crash it is free within 15 s",
  );
  await ended(child);
  expect(await lockState(path)).toBe("left");
  let waited = false;
  const word = await withLock(path, () => Promise.resolve("mine"), {
    wait: 1000,
    onWait: () => {
      waited = true;
    },
  });
  expect({ word, waited }).toEqual({ word: "mine", waited: false });
  for (const end of ["lock", "lock.pid", "lock.free"]) expect(existsSync(`${path}.${end}`)).toBe(false);
});

test("many that find a dead holder enter one after the other", async () => {
  const path = join(folder, "many");
  await ended(await holder(path));
  let inside = 0;
  let most = 0;
  const enter = () =>
    withLock(
      path,
      async () => {
        most = Math.max(most, ++inside);
        await new Promise((done) => setTimeout(done, 5));
        inside--;
      },
      { wait: 30_000 },
    );
  await Promise.all(Array.from({ length: 8 }, enter));
  expect(most).toBe(1);
});

test("a holder that was stopped too long leaves the lock to the one that took it", async () => {
  const path = join(folder, "lost");
  let second: ChildProcess | undefined;
  await withLock(path, async () => {
    const before = new Date(Date.now() - 3_600_000);
    utimesSync(`${path}.lock`, before, before);
    second = await holder(path);
  });
  expect((await refusal(path)).code).toBe("run-in-use");
  expect((await refusal(path)).message).toContain(`(${second!.pid})`);
  await ended(second!);
});

test("many that find an old lock of another machine enter one after the other", async () => {
  const path = join(folder, "old");
  mkdirSync(`${path}.lock`);
  utimesSync(`${path}.lock`, new Date(0), new Date(0));
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((done) => setTimeout(done, 5));
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(path, work, { wait: 30_000 })));
  expect(most).toBe(1);
});

test("a dead holder's lock that another process has taken over is left alone", async () => {
  const path = join(folder, "taken");
  await ended(await holder(path));
  // Another process noticed first, created the lock again, and has not signed it yet.
  rmSync(`${path}.lock`, { recursive: true });
  mkdirSync(join(folder, "so that the inode is another one"));
  mkdirSync(`${path}.lock`);
  expect((await refusal(path)).code).toBe("run-in-use");
});

test("who cannot be known to be dead is waited for until the lock is 15 s old", async () => {
  const path = join(folder, "unknown");
  await ended(await holder(path));
  const signature = `${path}.lock.pid`;
  const signed = JSON.parse(readFileSync(signature, "utf8")) as object;
  const touched = statSync(`${path}.lock`).mtimeMs;
  const now = vi.spyOn(Date, "now").mockReturnValue(touched + 10_000);
  onTestFinished(() => void now.mockRestore());
  for (const text of [
    JSON.stringify({ ...signed, machine: "another", host: "elsewhere" }),
    JSON.stringify({ ...signed, pid: -1 }),
    "null",
    "half a",
  ]) {
    writeFileSync(signature, text);
    expect((await refusal(path)).message).toMatch(
      text.includes("elsewhere")
        ? / is in use by a process on another machine \(elsewhere\)$/
        : / is in use by another process$/,
    );
  }
  now.mockReturnValue(touched + 20_000);
  expect((await refusal(path)).message).toBe("it was free");
});

test("an error of the work is thrown, and the lock is released", async () => {
  const path = join(folder, "thrown");
  expect((await refusal(path)).message).toBe("it was free");
  expect(await withLock(path, () => Promise.resolve(1))).toBe(1);
});

test.runIf(process.platform === "linux")(
  "a mount is locked inside, because nothing can be written beside it",
  async () => {
    // The name has the greatest length, so the longer name of a lock cannot be created beside it.
    const path = join(folder, "m".repeat(255));
    mkdirSync(path);
    const word = await withLock(path, async () => {
      expect(readdirSync(path).sort()).toEqual([".engraft.lock", ".engraft.lock.pid"]);
      expect(await lockState(path)).toBe("held");
      expect((await refusal(path)).code).toBe("run-in-use");
      return "mine";
    });
    expect(word).toBe("mine");
    expect(readdirSync(path)).toEqual([]);
  },
);

test("an exit in the middle of the work leaves neither the lock nor a half file", async () => {
  const path = join(folder, "stopped", "run");
  const of = (name: string) => JSON.stringify(new URL(`../../dist/platform/${name}`, import.meta.url).href);
  const source = `import { withLock } from ${of("node-lock.js")};
    import { writeAtomic } from ${of("node-files.js")};
    const half = function* () {
      yield "half";
      process.exit(130);
    };
    await withLock(${JSON.stringify(path)}, () => writeAtomic(${JSON.stringify(`${path}.json`)}, half()));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source]);
  expect(await new Promise((done) => child.once("close", done))).toBe(130);
  expect(readdirSync(join(folder, "stopped"))).toEqual([]);
});

test("a link to a folder has the lock of the folder", async () => {
  const [path, link] = [join(folder, "linked"), join(folder, "link")];
  mkdirSync(path);
  symlinkSync(path, link, "junction");
  await withLock(path, async () => {
    expect(await lockState(link)).toBe("held");
    await expect(withLock(link, async () => undefined)).rejects.toMatchObject({ code: "run-in-use" });
  });
  expect(await lockState(link)).toBeUndefined();
});
