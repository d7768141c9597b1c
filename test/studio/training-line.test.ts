// The line of the trainings of a studio, with stand-ins that hold the lock of a run as a training does.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngraftError } from "../../src/core/errors.js";
import { withLock } from "../../src/platform/node.js";
import { newProject } from "../../src/studio/project.js";
import { type PlacedProject, ProjectFolders } from "../../src/studio/project-folders-node.js";
import { runEntries } from "../../src/studio/runs-node.js";
import { TrainingLine } from "../../src/studio/training-line-node.js";

let root: string;
let project: PlacedProject;
let line: TrainingLine;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-line-"));
  const folders = await ProjectFolders.open({ root, readOnly: false });
  await folders.create(newProject("p", "texts", "One", "2026-11-28T00:00:00.000Z"));
  project = folders.of("p");
  line = new TrainingLine();
});
afterEach(async () => {
  await line.close();
  rmSync(root, { recursive: true, force: true });
});

/** Names of the trainings that have started, and functions that end them. */
const started = new Map<string, () => Promise<void>>();
beforeEach(() => started.clear());

/** Adds a training whose process is a lock of this one. */
function add(name: string, fails?: EngraftError): Promise<void> {
  const run = join(project.runs, name);
  mkdirSync(join(project.folder, "training", name), { recursive: true });
  const start = async (): Promise<void> => {
    if (fails) throw fails;
    await new Promise<void>((begun) => {
      const ended: Promise<void> = withLock(run, () => {
        const work = new Promise<void>((done) => {
          started.set(name, async () => {
            done();
            await ended;
          });
        });
        begun();
        return work;
      });
    });
  };
  return line.add({ project, name, run, since: "2026-11-28T00:00:00.000Z", isNew: true, start });
}

const names = Array.from({ length: 8 }, (_, i) => `t-${i}`);
const shown = async () => (await runEntries(project, line)).map(({ name, ...one }) => ({ name, ...one }));

test("of eight trainings that are started together one runs at a time, in their order", async () => {
  await Promise.all(names.map((name) => add(name)));
  expect([...started.keys()]).toEqual(["t-0"]);
  expect((await shown()).map((one) => [one.name, one.status, "ahead" in one && one.ahead])).toEqual(
    names
      .slice(1)
      .map((name, i) => [name, "waiting", i + 1])
      .reverse(),
  );
  for (const [i, name] of names.entries()) {
    await expect.poll(() => started.size, { timeout: 300_000 }).toBe(i + 1);
    expect([...started.keys()].at(-1)).toBe(name);
    expect(line.of(project).length).toBe(names.length - 1 - i);
    await started.get(name)!();
  }
});

test("one that cannot start says why, and the next one starts", async () => {
  const reason = new EngraftError("DataError", "too few", { help: "add some" });
  await expect(add("first", reason)).rejects.toBe(reason);
  expect(await shown()).toEqual([]);
  await add("running");
  await add("broken", reason);
  await add("last");
  await started.get("running")!();
  await expect.poll(() => started.has("last"), { timeout: 300_000 }).toBe(true);
  expect(await shown()).toMatchObject([
    { name: "broken", status: "damaged", error: { message: "too few", help: "add some" } },
  ]);
  expect(await line.cancel(project, "broken")).toBe(true);
  expect(await shown()).toEqual([]);
  await started.get("last")!();
});

test("what waits when the studio ends does not start, and its data are removed", async () => {
  await add("running");
  await add("waiting");
  await line.close();
  await started.get("running")!();
  expect([...started.keys()]).toEqual(["running"]);
  expect(existsSync(join(project.folder, "training/waiting"))).toBe(false);
  expect(existsSync(join(project.folder, "training/running"))).toBe(true);
});
