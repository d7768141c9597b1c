// The package in the hands of a bundler: the files and commands of the guide's section, in an application of their own.
// @module-tag thorough
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { demoPictures } from "./site.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tool = (path: string): string => join(root, "node_modules", path);
const guide = readFileSync(join(root, "docs/guide/browser-bundlers.md"), "utf8");
/** Files of the page, by the name in their first line. */
const files = Object.fromEntries(
  [...guide.matchAll(/^```typescript\n(\/\/ (\S+)\n[\s\S]*?)^```$/gm)].map(([, code, name]) => [
    name!,
    code!,
  ]),
);
const commands = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
const page = (script: string): string =>
  `<!doctype html><link rel=icon href=data:,><input type=file webkitdirectory multiple><script type=module src=${script}></script>`;

let work: string;
let app: string;
let pictures: string;
let browser: Browser;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "engraft-bundler-"));
  app = join(work, "app");
  pictures = join(work, "flowers");
  for (const { url, name, label } of demoPictures(8, ["none", "stain"])) {
    mkdirSync(join(pictures, label), { recursive: true });
    cpSync(join(root, url.replace("/package/", "")), join(pictures, label, name));
  }
  installInto(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const [name, code] of Object.entries(files)) writeFileSync(join(app, name), code);
  writeFileSync(join(app, "index.html"), page("/page.ts"));
  run(commands[0]!);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
});

/** Install as npm does: copies and no links, which bundlers take for the application's own sources. */
function installInto(folder: string): void {
  const modules = join(folder, "node_modules");
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const copied = "onnxruntime-web";
  const linked = Object.keys(dependencies).filter((name) => name !== copied);
  for (const name of [...linked, "@types/node", "vite", "esbuild"]) {
    mkdirSync(join(modules, name, ".."), { recursive: true });
    symlinkSync(tool(name), join(modules, name));
  }
  const copy = (from: string, paths: readonly string[], to: string): void => {
    for (const path of paths) cpSync(join(from, path), join(modules, to, path), { recursive: true });
  };
  copy(root, ["package.json", "dist", "assets/vision-open"], "engraft");
  const runtime = ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];
  const inDist = runtime.map((name) => `dist/${name}`);
  copy(tool(copied), ["package.json", "types.d.ts", ...inDist], copied);
}

/** Run the lines of a block of the guide in the application. */
function run(block: string): void {
  execFileSync(
    "sh",
    ["-ec", block.replaceAll("npx esbuild", `"${tool("esbuild/bin/esbuild")}" --log-level=error`)],
    {
      cwd: app,
      stdio: "pipe",
    },
  );
}

/** Choose pictures on a first visit, and train. */
async function trainOn(url: string): Promise<{ readonly title: string; readonly failed: readonly string[] }> {
  const context: BrowserContext = await browser.newContext();
  const tab = await context.newPage();
  const failed: string[] = [];
  tab.on("pageerror", (error) => failed.push(String(error)));
  tab.on("console", (message) => {
    if (message.type() === "error") failed.push(message.text());
  });
  tab.on("response", (response) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
  });
  await tab.goto(url);
  // The module has run: its listener is there.
  await tab.waitForLoadState("networkidle");
  // A reload would lose the chosen files, and this with them.
  await tab.evaluate(() => Object.assign(globalThis, { sameVisit: true }));
  await tab.setInputFiles("input", pictures);
  await tab
    .waitForFunction(() => {
      const { document, sameVisit } = globalThis as unknown as {
        document: { title: string };
        sameVisit?: boolean;
      };
      return document.title !== "" || sameVisit !== true;
    })
    .catch(() => failed.push("no result"));
  if (!(await tab.evaluate(() => "sameVisit" in globalThis))) failed.push("the page was loaded again");
  const title = await tab.title();
  await context.close();
  return { title, failed };
}

const trained = { title: expect.stringMatching(/^accuracy [\d.]+$/), failed: [] };
/** Headers that let the page share memory with its workers, and so have threads. */
const isolating = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

test("the guide's section has its files and commands", () => {
  expect(Object.keys(files)).toEqual(["train-worker.ts", "page.ts", "vite.config.ts"]);
  expect(commands).toHaveLength(2);
});

test("the files type-check in a strict project with DOM types, against the published declarations", () => {
  const dist = join(app, "node_modules/engraft/dist");
  const tsc = (...args: readonly string[]): string => {
    try {
      return execFileSync(process.execPath, [tool("typescript/bin/tsc"), ...args], { encoding: "utf8" });
    } catch (error) {
      return (error as { stdout?: string }).stdout ?? String(error);
    }
  };
  expect(tsc("-p", join(root, "tsconfig.build.json"), "--outDir", dist)).toBe("");
  // As `npm create vite` writes it.
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    module: "ESNext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noUncheckedSideEffectImports: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  for (const more of [{}, { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }]) {
    const config = { compilerOptions: { ...compilerOptions, ...more }, include: ["*.ts"] };
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify(config));
    expect(tsc("-p", app)).toBe("");
  }
});

test("the first training in `vite dev` is not lost, without a line of configuration or with the guide's", async () => {
  const { createServer } = await import("vite");
  for (const configFile of [false, join(app, "vite.config.ts")] as const) {
    // A first visit: nothing was optimised before.
    rmSync(join(app, "node_modules/.vite"), { recursive: true, force: true });
    const server = await createServer({
      root: app,
      configFile,
      logLevel: "silent",
      server: { host: "127.0.0.1", port: 0, headers: isolating },
    });
    await server.listen();
    const { port } = server.httpServer!.address() as AddressInfo;
    expect(await trainOn(`http://127.0.0.1:${port}/`), String(configFile)).toEqual(trained);
    await server.close();
  }
});

test("`vite build` splits the worker's file, warns of nothing, and its result trains", async () => {
  const { build, createLogger, preview } = await import("vite");
  const warnings: string[] = [];
  const customLogger = createLogger("silent");
  customLogger.warn = customLogger.warnOnce = (message) => {
    // How long the build took on a busy machine says nothing about the package.
    if (!message.includes("PLUGIN_TIMINGS")) warnings.push(message);
  };
  await build({ root: app, configFile: join(app, "vite.config.ts"), customLogger, logLevel: "warn" });
  expect(warnings).toEqual([]);
  const built = readdirSync(join(app, "dist/assets")).filter((name) => name.endsWith(".js"));
  expect(built.length).toBeGreaterThan(20);
  for (const headers of [{}, isolating]) {
    const server = await preview({
      root: app,
      configFile: false,
      logLevel: "silent",
      preview: { host: "127.0.0.1", port: 0, headers },
    });
    const { port } = server.httpServer.address() as AddressInfo;
    expect(await trainOn(`http://127.0.0.1:${port}/`)).toEqual(trained);
    await server.close();
  }
});

test("files of esbuild train, with the WebAssembly of the runtime next to them", async () => {
  run(commands[1]!);
  writeFileSync(join(app, "public/index.html"), page("/page.js"));
  for (const headers of [{}, isolating]) {
    const site = await serveFolder(join(app, "public"), headers);
    expect(await trainOn(site.url)).toEqual(trained);
    await site.close();
  }
});

/** A plain server of files. */
async function serveFolder(folder: string, headers: Readonly<Record<string, string>>) {
  const types: Readonly<Record<string, string>> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
  };
  const server = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    try {
      const content = readFileSync(join(folder, decodeURIComponent(path)));
      response.writeHead(200, {
        ...headers,
        "content-type": types[extname(path)] ?? "application/octet-stream",
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
