// A tab of a real browser, and what tests do in it.
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { EngraftEvent } from "../../src/core/events/events.js";
import type { WebTraining, WebTrainOptions } from "../../src/web/index.js";

/** A picture by its address on the site, or by its bytes. */
export interface TabPicture {
  readonly url?: string;
  readonly bytes?: readonly number[];
  readonly name: string;
  readonly label: string;
  readonly group?: string;
}

export interface TabRun {
  /** "train", or the name of a run to resume. */
  readonly resume?: string;
  readonly pictures: readonly TabPicture[];
  readonly options: Omit<WebTrainOptions, "onEvent" | "signal" | "worker">;
  /** Abort when an event of this name comes. */
  readonly stopAt?: EngraftEvent["event"];
}

export interface TabResult {
  readonly events: readonly EngraftEvent[];
  readonly run?: Pick<
    WebTraining<"image-classification">,
    "test" | "classes" | "model" | "epochs" | "no_score"
  > & {
    readonly files: Readonly<Record<string, number>>;
  };
  /** sha256 of the trained ONNX file. */
  readonly onnx?: string;
  readonly error?: { readonly kind: string; readonly message: string; readonly help?: string };
}

export const ort = "/ort/ort.wasm.min.mjs";

/** A new page of the site. @param before a script that runs before the page's own */
export async function openTab(
  browser: Browser | BrowserContext,
  url: string,
  before?: string,
): Promise<Page> {
  const page = await browser.newPage();
  if (before) await page.addInitScript(before);
  await page.goto(url);
  return page;
}

/** Train in a tab, as its page would, and bring back what can cross. */
export function trainInTab(page: Page, run: TabRun): Promise<TabResult> {
  return page.evaluate(inPage, run);
}

/** Runs in the browser: nothing of this file is there. */
async function inPage({ resume, pictures, options, stopAt }: TabRun): Promise<TabResult> {
  const load = new Function("path", "return import(path)") as (
    path: string,
  ) => Promise<typeof import("../../src/web/index.js")>;
  const engraft = await load("/package/dist/browser/engraft.js");
  const data = await Promise.all(
    pictures.map(async ({ url, bytes, name, label, group }) => {
      const content = url ? await (await fetch(url)).blob() : new Blob([Uint8Array.from(bytes ?? [])]);
      return { file: new File([content], name), label, ...(group !== undefined && { group }) };
    }),
  );
  const events: EngraftEvent[] = [];
  // What a test sees when it closes the tab in the middle.
  (globalThis as unknown as { seen: EngraftEvent[] }).seen = events;
  const stop = new AbortController();
  const onEvent = (event: EngraftEvent): void => {
    events.push(event);
    if (event.event === stopAt) stop.abort();
  };
  try {
    const given = { ...options, onEvent, signal: stop.signal };
    const run = resume ? await engraft.resume(resume, data, given) : await engraft.train(data, given);
    const { files, test, classes, model, epochs, no_score } = run as WebTraining<"image-classification">;
    const sizes = Object.fromEntries(files.map(({ path, content }) => [path, content.length]));
    const onnx = files.find(({ path }) => path === "onnx/model.onnx")!.content as Uint8Array<ArrayBuffer>;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", onnx));
    return {
      events,
      run: { test, classes, model, epochs, ...(no_score && { no_score }), files: sizes },
      onnx: digest.join(" "),
    };
  } catch (error) {
    const { kind, message, help } = error as { kind: string; message: string; help?: string };
    return { events, error: { kind, message, ...(help !== undefined && { help }) } };
  }
}
