// A Node that is too old gets one sentence, from the program and from the library.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-node-version-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node with the version of another one in `process.versions`. */
function asNode(
  version: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const fake = join(folder, `node-${version}.cjs`);
  writeFileSync(fake, `Object.defineProperty(process.versions, "node", { value: "${version}" });`);
  return new Promise((resolve) => {
    execFile(process.execPath, ["--require", fake, ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
const sentence = (version: string): string => `Engraft needs Node 20.19 or later; this is ${version}`;

test("the program: one sentence and exit code 2", async () => {
  for (const version of ["16.20.2", "18.20.4", "20.18.3"])
    expect(await asNode(version, "bin/engraft.mjs", "--version")).toEqual({
      code: 2,
      stdout: "",
      stderr: `${sentence(version)}\n`,
    });
});

test("the program runs from 20.19 on", async () => {
  for (const version of ["20.19.0", "22.4.0", "100.0.0"]) {
    const { code, stdout, stderr } = await asNode(version, "bin/engraft.mjs", "--version");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  }
});

test("the library: import and require throw it", { tags: ["thorough"] }, async () => {
  const print = "(error) => console.log(error.message)";
  const imported = await asNode("18.20.4", "--input-type=module", "-e", `import("engraft").catch(${print})`);
  expect(imported.stdout).toBe(`${sentence("18.20.4")}\n`);
  // The condition that leads older versions there cannot be faked: the file itself.
  const required = `try { require("./bin/require.cjs") } catch (error) { (${print})(error) }`;
  expect((await asNode("18.20.4", "-e", required)).stdout).toBe(`${sentence("18.20.4")}\n`);
});

test("require works where Node can require ES modules", async () => {
  const { stdout } = await asNode(
    process.versions.node,
    "-e",
    'console.log(typeof require("engraft").train)',
  );
  expect(stdout).toBe("function\n");
});

test.runIf(process.platform === "linux")(
  "the program: one sentence if it may open too few files",
  async () => {
    const words = ["-c", 'ulimit -n 64; exec "$0" bin/engraft.mjs --version', process.execPath];
    const { code, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
      execFile("/bin/sh", words, { cwd: root }, (error, _, printed) =>
        resolve({ code: error ? Number(error.code) : 0, stderr: printed }),
      );
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "FileError: this process may open 64 files at once, Engraft needs at least 200\n" +
        "  help: raise the limit: ulimit -n 1024\n",
    });
  },
);
