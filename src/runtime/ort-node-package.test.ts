import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { EngraftError } from "../core/errors.js";
import { findOrtPackage, nativeHelp, wasmWarning } from "./ort-node-package.js";

const root = mkdtempSync(join(tmpdir(), "engraft-ort-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Installs packages in a folder, each with its version and files. Returns a replacement for `require.resolve`. */
function installed(packages: Readonly<Record<string, readonly string[]>>): (id: string) => string {
  const folder = mkdtempSync(join(root, "packages-"));
  for (const [name, files] of Object.entries(packages)) {
    for (const file of ["dist/index.js", ...files]) {
      const path = join(folder, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
    }
    writeFileSync(join(folder, name, "package.json"), JSON.stringify({ name, version: "9.8.7" }));
  }
  return (id) => {
    if (!Object.hasOwn(packages, id)) throw new Error(`Cannot find module '${id}'`);
    return join(folder, id, "dist/index.js");
  };
}

const binding = (target: string): string => `bin/napi-v6/${target}/onnxruntime_binding.node`;
const linux = { platform: "linux", arch: "x64" };

test("native code for this platform is used", () => {
  const resolve = installed({ "onnxruntime-node": [binding("linux/x64")], "onnxruntime-web": [] });
  expect(findOrtPackage(resolve, linux)).toEqual({ name: "onnxruntime-node", version: "9.8.7" });
});

test("without it WebAssembly is used, with the reason", () => {
  const wasm = { name: "onnxruntime-web", version: "9.8.7" };
  expect(findOrtPackage(installed({ "onnxruntime-web": [] }), linux)).toEqual({
    ...wasm,
    problem: "onnxruntime-node is not installed",
  });
  const both = installed({ "onnxruntime-node": [binding("darwin/arm64")], "onnxruntime-web": [] });
  expect(findOrtPackage(both, linux)).toEqual({
    ...wasm,
    problem: "onnxruntime-node is installed without bin/napi-v6/linux/x64/onnxruntime_binding.node",
  });
  // The package lists macOS on Intel but has no binary for it.
  expect(findOrtPackage(both, { platform: "darwin", arch: "x64" })).toEqual({
    ...wasm,
    problem: "onnxruntime-node has no native code for darwin x64",
  });
});

test("without either package the error says so", () => {
  let thrown: unknown;
  try {
    findOrtPackage(installed({}), linux);
  } catch (error) {
    thrown = error;
  }
  expect((thrown as EngraftError).format()).toBe(
    "InternalError: neither onnxruntime-node nor onnxruntime-web is installed\n" +
      "  help: install engraft again, with its dependencies",
  );
});

test("the warning says what to type where typing helps", () => {
  const wasm = {
    name: "onnxruntime-web",
    version: "1.30.0",
    problem: "onnxruntime-node is not installed",
  } as const;
  const slower =
    "onnxruntime-node is not installed. Engraft runs on WebAssembly instead, which is slower and has at most 4 GiB of memory. ";
  expect(wasmWarning(wasm, linux)).toBe(
    `${slower}For the fast runtime type: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0`,
  );
  // On other platforms its install step downloads nothing.
  expect(wasmWarning(wasm, { platform: "win32", arch: "x64" })).toBe(
    `${slower}For the fast runtime type: npm install onnxruntime-node@1.30.0`,
  );
  expect(wasmWarning(wasm, { platform: "darwin", arch: "x64" })).toBe(
    `${slower}The fast runtime exists for Linux x64 and arm64 (glibc), macOS on Apple silicon, Windows x64 and arm64.`,
  );
});

test("the help for native code that does not load names the platforms that have some", () => {
  expect(nativeHelp("1.30.0", linux)).toBe(
    "type: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0; " +
      "onnxruntime-node exists for Linux x64 and arm64 (glibc), macOS on Apple silicon, Windows x64 and arm64",
  );
});
