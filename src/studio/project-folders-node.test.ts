import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nodePlatform } from "../platform/node.js";
import { type Action, newProject } from "./project.js";
import { ProjectFolders } from "./project-folders-node.js";

let root: string;
let folders: ProjectFolders;
const log = (): string => readFileSync(join(root, "p/actions.jsonl"), "utf8");
const openFolders = () => ProjectFolders.open({ root, readOnly: false });
const rename = (name: string): Action => ({ do: "rename-project", name });
const nameNow = (): string => folders.of("p").history.project.name;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-projects-"));
  folders = await openFolders();
  await folders.create(newProject("p", "texts", "One", "2026-11-28T00:00:00.000Z"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const full = () => Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

/** The next write to an open file writes half of its content, and finds no more space. */
async function fillDisk(): Promise<void> {
  const file = await open(join(root, "p/actions.jsonl"));
  await file.close();
  vi.spyOn(Object.getPrototypeOf(file) as FileHandle, "writeFile").mockImplementationOnce(async function (
    this: FileHandle,
    rows,
  ) {
    await this.write((rows as string).slice(0, rows.toString().length / 2));
    throw full();
  });
}

test("changes that are sent again are stored once, and changes behind them are added", async () => {
  await folders.append("p", 1, [rename("Two")]);
  await folders.append("p", 1, [rename("Two")]);
  expect(log().split("\n")).toHaveLength(3);
  await folders.append("p", 1, [rename("Two"), { do: "undo" }]);
  expect(nameNow()).toBe("One");
  await folders.append("p", 1, [rename("Two")]);
  expect(log().split("\n")).toHaveLength(4);
});

test("other changes at the same place are refused", async () => {
  await folders.append("p", 1, [rename("Two")]);
  for (const after of [1, 3])
    await expect(folders.append("p", after, [rename("Three")])).rejects.toMatchObject({
      ...{ status: 409, code: "project-changed" },
    });
  expect(nameNow()).toBe("Two");
});

test("a full disk leaves whole lines, and the change is stored when there is space", async () => {
  const before = log();
  await fillDisk();
  await expect(folders.append("p", 1, [rename("Two")])).rejects.toMatchObject({ code: "storage-full" });
  expect(log()).toBe(before);
  await folders.append("p", 1, [rename("Two")]);
  folders = await openFolders();
  expect(nameNow()).toBe("Two");
});

test("a log that another program changed is read again when the page is", async () => {
  appendFileSync(join(root, "p/actions.jsonl"), `${JSON.stringify(rename("Two"))}\n`);
  await expect(folders.append("p", 1, [rename("Three")])).rejects.toMatchObject({ status: 409 });
  expect((await folders.log("p")).log).toBe(log());
  await folders.append("p", 2, [rename("Three")]);
  expect(nameNow()).toBe("Three");
  expect(log().split("\n")).toHaveLength(4);
});

test("half a line at the end is cut without space on the disk, and half a first line stays", async () => {
  await folders.append("p", 1, [rename("Zwei Bäume")]);
  const whole = log();
  writeFileSync(
    join(root, "p/actions.jsonl"),
    Buffer.from(`${whole}{"do":"rename-project","name":"ä`).subarray(0, -1),
  );
  vi.spyOn(nodePlatform.files, "writeAtomic").mockRejectedValue(full());
  folders = await openFolders();
  expect(nameNow()).toBe("Zwei Bäume");
  expect(log()).toBe(whole);
  writeFileSync(join(root, "p/actions.jsonl"), whole.slice(0, 20));
  expect((await openFolders()).damaged[0]).toContain("line 1 of its log is no project");
  expect(log()).toBe(whole.slice(0, 20));
});

test("a log that is gone is not begun without its first line", async () => {
  rmSync(join(root, "p/actions.jsonl"));
  await expect(folders.append("p", 1, [rename("Two")])).rejects.toMatchObject({ code: "file-missing" });
  expect(existsSync(join(root, "p/actions.jsonl"))).toBe(false);
});

test("the studio starts on a full disk: hashes are a cache", async () => {
  const data = join(root, "flowers");
  for (const name of ["rose", "tulip"]) {
    mkdirSync(join(data, name), { recursive: true });
    writeFileSync(join(data, name, "1.jpg"), name);
  }
  const at = { root: join(data, "engraft-studio"), data, readOnly: false };
  await ProjectFolders.open(at);
  rmSync(join(at.root, "hashes.json"));
  vi.spyOn(nodePlatform.files, "writeAtomic").mockRejectedValue(full());
  const opened = await ProjectFolders.open(at);
  expect(opened.list()[0]!.history.project.samples).toHaveLength(2);
});
