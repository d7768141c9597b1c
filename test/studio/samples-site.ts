// The studio with a project in memory that is open from the start: for flows of the page Samples.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { type Site, startSite } from "../web/site.js";
import { fakeLibrary, type StudioTab, watchFaults } from "./studio-tab.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Data of the project. */
export interface Seed {
  readonly kind?: string;
  readonly classes?: readonly string[];
  /** Samples of each class. */
  readonly samples?: number;
}

/** Runs in the page: `main.tsx` with a filled storage. Contents are 24 pictures of 640 × 480, larger than a thumbnail. */
const entry = `
import { render } from "preact";
import { newProject } from "../../src/studio/project.js";
import { Shell } from "../../studio/app/shell.js";
import { firstLang, setLang } from "../../studio/words/current-words.js";
import { StudioContext } from "../../studio/engine/studio.js";
import { LiveModel } from "../../studio/engine/live.js";
import { TabTrainer } from "../../studio/engine/tab-trainer.js";
import { MemoryStorage } from "../../studio/store/memory-storage.js";
import { Store } from "../../studio/store/store.js";
import "../../studio/styles/index.css";

const { kind = "pictures", classes = [], samples = 0 } = globalThis.seed;
const project = newProject("seeded", kind, "Seeded", "2026-01-01T00:00:00Z");
const storage = new MemoryStorage();
const draw = async (k) => {
  const canvas = new OffscreenCanvas(640, 480);
  const drawing = canvas.getContext("2d");
  for (let i = 0; i < 1200; i++) {
    drawing.fillStyle = "hsl(" + 15 * k + " 60% " + ((i * 37 + k) % 90) + "%)";
    drawing.fillRect((i % 40) * 16, Math.floor(i / 40) * 16, 16, 16);
  }
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
};
const contents = samples === 0 ? [] : await Promise.all(Array.from({ length: 24 }, (_, k) => draw(k)));
const hashOf = (n) => n.toString(16).padStart(64, "0");
project.classes = classes.map((name, k) => ({ id: "class-" + k, name }));
project.samples = classes.flatMap((_, k) =>
  Array.from({ length: samples }, (_, i) => ({
    ...{ id: "sample-" + k + "-" + i, class: "class-" + k, name: "picture-" + k + "-" + i + ".jpg" },
    ...{ hash: hashOf(k * samples + i), type: "image/jpeg" },
  })),
);
await storage.create(project);
for (let n = 0; n < project.samples.length; n++) await storage.put("seeded", hashOf(n), contents[n % 24]);
const store = new Store(storage);
await setLang(firstLang());
render(
  <StudioContext.Provider value={{ store, live: new LiveModel(store), trainer: new TabTrainer(store), home: "static" }}>
    <Shell />
  </StudioContext.Provider>,
  document.getElementById("studio"),
);
`;

export async function startSamplesSite(): Promise<Site> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: join(root, "test/studio"), sourcefile: "main.tsx", loader: "tsx" },
    ...{ outdir: "/", bundle: true, write: false, format: "esm", platform: "browser", target: "es2022" },
    ...{ jsx: "automatic", jsxImportSource: "preact" },
  });
  const [script, style] = [".js", ".css"].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))!.text,
  );
  const page = readFileSync(join(root, "studio/index.html"), "utf8");
  const icon = readFileSync(join(root, "studio/icon.svg"), "utf8");
  return startSite({
    files: {
      ...{ "/": page, "/main.js": script!, "/main.css": style!, "/icon.svg": icon },
      "/package/dist/browser/engraft.js": await fakeLibrary(),
    },
  });
}

/** Opens the page Samples of a project in a fresh profile. */
export async function openSamples(
  browser: Browser,
  url: string,
  seed: Seed = {},
  options: BrowserContextOptions & { readonly detail?: string; readonly page?: string } = {},
): Promise<StudioTab> {
  const { detail, ...others } = options;
  const context = await browser.newContext({ locale: "en-US", ...others });
  const page = await context.newPage();
  const faults = watchFaults(page, url);
  await page.addInitScript(`globalThis.seed = ${JSON.stringify(seed)}`);
  await page.goto(`${url}#/seeded/samples${detail === undefined ? "" : `/${detail}`}`);
  await page.getByRole("heading", { name: /^(Samples|样本)$/ }).waitFor();
  return { page, faults, close: () => context.close() };
}
