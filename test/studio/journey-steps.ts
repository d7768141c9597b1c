// Steps that several journeys through the studio share: pages, downloads, and comparisons of a model in a tab and in Node.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { TrainResultEvent } from "../../src/core/events/events.js";
import { load } from "../../src/index.js";
import type { Answer } from "../../src/inference/answer.js";
import { resultJson } from "../../src/tasks/report/result-json.js";
import type { Site } from "../web/site.js";
import { type PictureFile, tryPart } from "./try-flow.js";

/** Opens a page of the project by its link. */
export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole("link", { name, exact: true }).first().click();

/** A downloaded file. */
export interface Downloaded {
  readonly name: string;
  readonly content: Buffer;
}

/** Presses a button, and returns the file that it downloads. */
export async function download(page: Page, button: string): Promise<Downloaded> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}

/** Writes the files of a zip into a folder, and returns the folder. */
export function unpack(zip: Uint8Array, folder: string): string {
  for (const [path, content] of Object.entries(unzipSync(zip))) {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return folder;
}

/** Returns the result of the newest run in the storage of a browser, as the library reads it. */
export async function newestResult(page: Page): Promise<TrainResultEvent> {
  const result = await page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (
      path: string,
    ) => Promise<typeof import("../../src/web/index.js")>;
    const { listRuns } = await load("/package/dist/browser/engraft.js");
    return (await listRuns())[0]!.result;
  });
  return result as TrainResultEvent;
}

/** Chooses a picture on the page Try. @returns the probability of each class, as the bars show them: in six digits */
export async function shownAnswers(page: Page, file: PictureFile): Promise<Record<string, number>> {
  await tryPart(page).getByLabel("Try a file").setInputFiles(file);
  await tryPart(page).getByAltText("The picture to try").waitFor();
  const bars = tryPart(page).getByRole("listitem");
  await bars.first().waitFor();
  const shares = await bars.evaluateAll((all) =>
    (
      all as unknown as {
        querySelector(of: string): { textContent: string; style: { inlineSize: string } };
      }[]
    ).map((one) => [
      one.querySelector("span").textContent,
      one.querySelector(".bar > span").style.inlineSize,
    ]),
  );
  return Object.fromEntries(shares.map(([label, size]) => [label!, Number.parseFloat(size!) / 100]));
}

/** Returns the probabilities that Node computes with a downloaded model of pictures. @param folder where the zip is unpacked */
export async function answersInNode(zip: Uint8Array, folder: string, { buffer }: PictureFile) {
  const model = await load(join(unpack(zip, folder), "model"), { threads: 1 });
  if (model.task !== "image-classification") throw new Error(model.task);
  const answers = (await model.predict(buffer)) as Answer[];
  await model.close();
  return Object.fromEntries(answers.map(({ label, score }) => [label, score]));
}

/** Requires the same classes and probabilities: both homes run the same operators in float32, in another order of sums. */
export function expectSameAnswers(answers: Record<string, number>, others: Record<string, number>): void {
  expect(Object.keys(answers)).toEqual(Object.keys(others));
  for (const [label, share] of Object.entries(others)) expect(answers[label]).toBeCloseTo(share, 4);
}

/** Serves a folder as any static server does. */
export async function serveFolder(root: string): Promise<Site> {
  const types: Readonly<Record<string, string>> = {
    html: "text/html",
    wasm: "application/wasm",
    json: "application/json",
    css: "text/css",
    svg: "image/svg+xml",
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://x").pathname);
    const file = join(root, path === "/" ? "index.html" : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    const type = types[file.split(".").at(-1)!] ?? "text/javascript";
    return response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

/** Returns the number of a run as the English page writes it; with few test samples, the sentence in its place. */
export async function writtenScore(result: TrainResultEvent): Promise<string> {
  const { score } = await resultJson(result, "en");
  return (score.value ?? score.few!).replaceAll("\u00a0", " ");
}
