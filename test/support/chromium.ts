/** A real browser for tests: Debian's Chromium, never a downloaded one. */
import { accessSync, appendFileSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { chromiumPath } from "../../scripts/browsers.mjs";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The browser's path: CHROMIUM_PATH or a usual place, else from PATH. */
export function findChromium(path = process.env.PATH ?? ""): string {
  const usual = chromiumPath();
  if (usual !== undefined) return usual;
  const folders = [...path.split(delimiter).filter((f) => f !== ""), "/usr/bin"];
  for (const name of names) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(
    `no Chromium found: looked for ${names.join(", ")} in ${folders.join(", ")}\n` +
      "  help: install Debian's package: sudo apt-get install --no-install-recommends chromium",
  );
}

/** Milliseconds that an action in a page waits: as long as it takes beside other work, and less than a test may take. */
const patience = 300_000;

/** Flags for WebGPU on the browser's own software adapter. */
export const softwareGpu: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

/** @param more flags besides those of every test */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  const withoutGpu = softwareGpu.some((flag) => more.includes(flag)) ? [] : ["--disable-gpu"];
  const browser = await chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      ...withoutGpu,
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
    timeout: patience,
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(patience);
    const close = context.close.bind(context);
    context.close = async (why) => {
      await noteTrainings(context);
      await close(why);
    };
    return context;
  };
  const close = browser.close.bind(browser);
  browser.close = async (why) => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await close(why);
  };
  return browser;
}

/** Notes the trainings of a browser profile: the runs in its storage that have a checkpoint or a model. */
async function noteTrainings(context: BrowserContext): Promise<void> {
  const log = process.env.ENGRAFT_TEST_TRAININGS;
  if (log === undefined) return;
  const runs = new Set<string>();
  for (const page of context.pages()) {
    // A page that has crashed or left its site has no storage to read.
    const found = await page.evaluate(trainedRuns).catch(() => []);
    for (const run of found) runs.add(run);
  }
  const { ENGRAFT_TEST_FILE: file, ENGRAFT_TEST_NAME: test } = process.env;
  for (const run of runs) appendFileSync(log, `${JSON.stringify({ file, test, run })}\n`);
}

/** A folder of a browser's private storage. */
interface StoredFolder extends AsyncIterable<readonly [string, StoredFolder]> {
  readonly kind: "directory" | "file";
}

/** Runs in the browser. Returns the paths of trained runs. */
async function trainedRuns(): Promise<readonly string[]> {
  const { navigator, location } = globalThis as unknown as {
    readonly navigator: { readonly storage: { getDirectory(): Promise<StoredFolder> } };
    readonly location: { readonly origin: string };
  };
  const found: string[] = [];
  const walk = async (place: StoredFolder, path: string): Promise<void> => {
    const entries = new Map<string, StoredFolder>();
    for await (const [name, entry] of place) entries.set(name, entry);
    const state: string[] = [];
    const folder = entries.get("state");
    if (folder) for await (const [name] of folder) state.push(name);
    const isTrained = entries.has("model") || state.some((name) => name.endsWith(".safetensors"));
    if (entries.has("run.json") && isTrained) found.push(path);
    else
      for (const [name, entry] of entries)
        if (entry.kind === "directory") await walk(entry, `${path}/${name}`);
  };
  await walk(await navigator.storage.getDirectory(), location.origin);
  return found;
}
