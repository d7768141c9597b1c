// Tests networks of real size, exported by PyTorch with random weights: the file is read, its outputs equal PyTorch's,
// its gradients equal PyTorch's for a sample of the parameters, and a step lowers the loss.
//
//   npm run build && node scripts/check/real-size.mjs              all of them: an hour, 8 GB of memory
//   node scripts/check/real-size.mjs resnet50 vit_b_16 bert_base   only these
//
// Needs a Python with PyTorch and torchvision: $PYTHON, by default python3.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startProgram } from "../start-program.mjs";

const { positionals } = startProgram(import.meta.url, { takes: "[NETWORK …]", needs: ["torch"] });
const python = process.env.PYTHON ?? "python3";
const script = fileURLToPath(new URL("../golden/real_size.py", import.meta.url));
const run = (...args) => execFileSync(python, ["-W", "ignore", script, ...args], { encoding: "utf8" });

/** The tests' random numbers and training step, compiled to JavaScript; the engine from dist/. */
async function checks(folder) {
  const file = join(folder, "check-real-size.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../test/support/families/real-size.ts", import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    plugins: [
      {
        name: "built",
        setup({ onResolve }) {
          const dist = new URL("../../dist/", import.meta.url);
          onResolve({ filter: /\/src\// }, ({ path }) => ({
            path: new URL(path.replace(/^.*\/src\//, ""), dist).href,
            external: true,
          }));
        },
      },
    ],
  });
  return import(file);
}

const names = positionals.length > 0 ? positionals : run().trim().split(" ");
const folder = mkdtempSync(join(tmpdir(), "engraft-real-size-"));
let failed = 0;
try {
  const { check } = await checks(folder);
  console.log(
    "network             parameters  forward   gradient  PyTorch’s  loss            read  build  load   step  (ms)",
  );
  for (const name of names) {
    try {
      run(name, folder);
      const bytes = new Uint8Array(readFileSync(join(folder, `${name}.onnx`)));
      const header = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
      const numbers = new Float64Array(new Uint8Array(readFileSync(join(folder, `${name}.bin`))).buffer);
      const { ok, line } = await check(bytes, header, numbers);
      if (!ok) failed++;
      console.log(`${name.padEnd(19)} ${line}${ok ? "" : "  FAILED"}`);
    } catch (error) {
      failed++;
      console.log(`${name.padEnd(19)} FAILED: ${error.message}${error.at ? ` at ${error.at}` : ""}`);
    }
    for (const suffix of ["onnx", "json", "bin"]) rmSync(join(folder, `${name}.${suffix}`), { force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
