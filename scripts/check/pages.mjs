// A page of an application that has installed the package, built by Vite and by esbuild, trains a probe in Chromium.
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { chromiumPath, ensureChromium } from "../browsers.mjs";

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const classes = ["none", "stain"];

const worker = `import * as ort from "onnxruntime-web/wasm";
import { serve } from "engraft/web/worker";
WASM_PATHS
serve({ ort });
`;
const page = `import { train } from "engraft/web";
try {
  const pictures = await Promise.all(PICTURES.map(async ({ url, label }) =>
    ({ file: await (await fetch(url)).blob(), name: url.slice(1), label })));
  const run = await train(pictures, {
    worker: () => new Worker(WORKER, { type: "module" }),
    base: "/vision-open/",
    strategy: "probe",
  });
  document.title = "trained " + run.base.name;
} catch (error) {
  document.title = "failed: " + error;
}
`;
const html = (script) =>
  `<!doctype html><link rel="icon" href="data:," /><title>training</title><script type="module" src="${script}"></script>`;

/** Writes what both pages need. Returns the page's script for an expression with the worker's address. */
function addSources(folder) {
  const assets = join(folder, "public");
  const engraft = join(folder, "node_modules/engraft/assets");
  cpSync(join(engraft, "vision-open"), join(assets, "vision-open"), { recursive: true });
  const pictures = classes.flatMap((label) => {
    const from = join(engraft, "demo/train", label);
    mkdirSync(join(assets, label), { recursive: true });
    return readdirSync(from)
      .slice(0, 6)
      .map((name) => {
        cpSync(join(from, name), join(assets, label, name));
        return { url: `/${label}/${name}`, label };
      });
  });
  return (address) => page.replace("PICTURES", JSON.stringify(pictures)).replace("WORKER", address);
}

/** Builds as docs/guide/browser-bundlers.md says for Vite. */
async function buildWithVite(folder, script) {
  writeFileSync(join(folder, "worker.js"), worker.replace("WASM_PATHS", ""));
  writeFileSync(join(folder, "page.js"), script('new URL("./worker.js", import.meta.url)'));
  writeFileSync(join(folder, "index.html"), html("/page.js"));
  const { build } = await import("vite");
  const outDir = join(folder, "built-by-vite");
  // The guide sets the same options for packages that Vite's optimiser cannot analyse.
  await build({
    root: folder,
    logLevel: "warn",
    worker: { format: "es" },
    build: { outDir, target: "es2022" },
  });
  return outDir;
}

async function buildWithEsbuild(folder, script) {
  const outdir = join(folder, "built-by-esbuild");
  cpSync(join(folder, "public"), outdir, { recursive: true });
  writeFileSync(join(folder, "worker.js"), worker.replace("WASM_PATHS", 'ort.env.wasm.wasmPaths = "/ort/";'));
  writeFileSync(join(folder, "page.js"), script('"/worker.js"'));
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: folder,
    entryPoints: ["page.js", "worker.js"],
    outdir,
    ...{
      bundle: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      external: ["*.wasm"],
      logLevel: "warning",
    },
  });
  const dist = join(folder, "node_modules/onnxruntime-web/dist");
  for (const name of readdirSync(dist).filter((file) => /^ort-wasm-simd-threaded\.(mjs|wasm)$/.test(file)))
    cpSync(join(dist, name), join(outdir, "ort", name));
  writeFileSync(join(outdir, "index.html"), html("/page.js"));
  return outdir;
}

/** Serves a folder on a free local port. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const file = join(folder, normalize(decodeURIComponent(pathname === "/" ? "/index.html" : pathname)));
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

async function trainIn(browser, folder, by) {
  const { server, url } = await serve(folder);
  const tab = await browser.newPage();
  const wrong = [];
  tab.on("pageerror", (error) => wrong.push(String(error)));
  tab.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  try {
    await tab.goto(url);
    await tab
      .waitForFunction(() => document.title !== "training", undefined, { timeout: 120_000 })
      .catch(() => undefined);
    const title = await tab.title();
    if (title !== "trained vision-open" || wrong.length > 0)
      throw new Error(`the page built by ${by} says "${title}"; errors: ${wrong.join("; ") || "none"}`);
  } finally {
    await tab.close();
    server.closeAllConnections();
    server.close();
  }
}

/** @throws Error that names the page and what happened */
export async function checkPages(folder) {
  ensureChromium();
  const script = addSources(folder);
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    await trainIn(browser, await buildWithVite(folder, script), "Vite");
    await trainIn(browser, await buildWithEsbuild(folder, script), "esbuild");
  } finally {
    await browser.close();
  }
  for (const name of ["worker.js", "page.js", "index.html"]) rmSync(join(folder, name));
}
