// The static studio as a folder, and the folders that the command refuses.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { exportStudio } from "../../src/studio/export-node.js";
import { serveStudio } from "../../src/studio/server-node.js";

const root = mkdtempSync(join(tmpdir(), "engraft-export-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the folder holds the page, the library, the runtime and the bases, and is written again", async () => {
  const target = join(root, "site");
  const { bytes } = await exportStudio(target);
  const files = [
    ...[
      "index.html",
      "main.js",
      "main.css",
      "sw.js",
      "package/dist/browser/engraft.js",
      "ort/ort.wasm.min.mjs",
    ],
    ...["ort/ort-wasm-simd-threaded.wasm", "ort/ort-wasm-simd-threaded.mjs"],
    ...["vision-open", "text-mini", "audio-mini"].map((base) => `package/assets/${base}/config.json`),
  ];
  expect(files.filter((file) => !existsSync(join(target, file)))).toEqual([]);
  expect(readFileSync(join(target, "index.html"), "utf8")).toContain('data-home="static"');
  // An earlier version wrote a file that this one does not have. Files of others stay.
  const mark = join(target, "engraft-studio.json");
  const { files: written, ...others } = JSON.parse(readFileSync(mark, "utf8"));
  writeFileSync(mark, JSON.stringify({ ...others, files: [...written, "old.js", "../outside.txt", ""] }));
  for (const name of ["old.js", "CNAME", "../outside.txt"]) writeFileSync(join(target, name), name);
  expect((await exportStudio(target)).bytes).toBe(bytes);
  expect(["old.js", "CNAME", "../outside.txt"].map((name) => existsSync(join(target, name)))).toEqual([
    false,
    true,
    true,
  ]);
  rmSync(join(root, "outside.txt"));
});

test("the command says where it is, and what to do, in a line each", () => {
  const target = join(root, "by command");
  const program = fileURLToPath(new URL("../../bin/engraft.mjs", import.meta.url));
  const stdout = execFileSync(process.execPath, [program, "studio", "--export", target], {
    encoding: "utf8",
  });
  expect(stdout).toBe(`studio     ${target}\nnext       put this folder on any web host\n`);
});

test("a folder with other files is refused, and so is a file", async () => {
  const file = join(root, "notes.txt");
  writeFileSync(file, "notes");
  await expect(exportStudio(root)).rejects.toMatchObject({
    kind: "FileError",
    message: `"${root}" is not empty`,
    help: "give a new or empty folder: --export DIR",
  });
  await expect(exportStudio(file)).rejects.toThrow(`"${file}" is a file`);
  expect(readFileSync(file, "utf8")).toBe("notes");
});

test("a studio of a folder that does not exist says so", async () => {
  const options = { signal: new AbortController().signal, onReady: () => undefined };
  await expect(serveStudio(join(root, "nowhere"), options)).rejects.toMatchObject({
    kind: "FileError",
    message: `there is no folder at "${join(root, "nowhere")}"`,
    help: "give a folder of class folders, a table (CSV, TSV, JSON, JSONL or Parquet), a folder for projects, or a run",
  });
});

const began = {
  ...{ format: 2, status: "running", command: "engraft", data: "data", options: {}, threads: 1 },
  ...{ started: "2026-01-31T10:00:00.000Z", versions: { engraft: "0.2.0" }, machine: "one" },
};

test.each([
  ["adapt", "run.json", { task: "adapt", target: "data" }, "an adaptation"],
  [
    "multi-task",
    "run.json",
    { multi_task: { sources: [{ name: "a", path: "data" }] } },
    "a training of several tasks",
  ],
  ["compare", "comparison.json", {}, "a comparison"],
])(
  "a run of %s is refused: the page shows runs of train, distill and extend",
  async (command, record, manifest, words) => {
    const run = join(root, command);
    mkdirSync(run);
    writeFileSync(join(run, record), JSON.stringify({ ...began, ...manifest }));
    const options = { signal: new AbortController().signal, onReady: () => undefined };
    await expect(serveStudio(run, options)).rejects.toMatchObject({
      kind: "RunError",
      message: `"${run}" is ${words}: the studio shows runs of engraft train, engraft distill and engraft extend`,
      help: `engraft report ${run}`,
    });
  },
);
