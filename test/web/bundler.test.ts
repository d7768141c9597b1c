// The package in the hands of a bundler: the page's file and the worker's file of the guide, built by esbuild.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test, vi } from "vitest";
import { launchChromium } from "../chromium.js";
import { demoPictures, startSite } from "./site.js";

// Wasm has the cores for itself in a browser only where nothing else runs: patience, not a measure.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A script of an application that has installed the package. */
async function bundled(folder: string, contents: string): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["*.wasm"],
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]!.text;
}

test("a bundler builds page and worker, with the runtime in the worker's file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "engraft-bundler-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/engraft"));
  symlinkSync(join(root, "node_modules/onnxruntime-web"), join(folder, "node_modules/onnxruntime-web"));
  const worker = `
    import * as ort from "onnxruntime-web/wasm";
    import { serve } from "engraft/web/worker";
    ort.env.wasm.wasmPaths = new URL("/ort/", self.location.href).href;
    serve({ ort });`;
  const page = `
    import { train } from "engraft/web";
    const pictures = await Promise.all(${JSON.stringify(demoPictures(6, ["none", "stain"]))}.map(
      async ({ url, name, label }) => ({ file: await (await fetch(url)).blob(), name, label })));
    const run = await train(pictures, {
      worker: () => new Worker("/worker.js", { type: "module" }),
      base: "/package/assets/vision-mini/",
      strategy: "probe",
    });
    document.title = run.base.name + ", " + run.files.length + " files";`;
  const site = await startSite({
    files: {
      "/worker.js": await bundled(folder, worker),
      "/page.js": await bundled(folder, page),
      "/page.html": "<!doctype html><link rel=icon href=data:,><script type=module src=/page.js></script>",
    },
  });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    const wrong: string[] = [];
    tab.on("pageerror", (error) => wrong.push(String(error)));
    await tab.goto(`${site.url}page.html`);
    const titled = () => (globalThis as unknown as { document: { title: string } }).document.title;
    await tab.waitForFunction(titled, undefined, { timeout: 200_000 }).catch(() => undefined);
    expect(wrong).toEqual([]);
    expect(await tab.title()).toBe("vision-mini, 6 files");
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
