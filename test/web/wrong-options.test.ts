// Mistakes of a page: the same errors as in Node, before anything is trained.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TrainOptions, train } from "../../src/index.js";
import type * as Web from "../../src/web/index.js";
import { sentData } from "../../src/web/sent-data.js";
import { launchChromium } from "../support/chromium.js";
import { reviews } from "../support/text-base.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";
import type { Row } from "./task-cases.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-tab-mistakes-"));
let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), startSite({ isolated: true })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const somePrices = Array.from({ length: 40 }, (_, i) => ({ rooms: i % 7, price: 3 * i }));
const someTexts = reviews(40);
/** Mistakes: rows, options. */
const mistakes: Readonly<Record<string, readonly [rows: readonly Row[], options: TrainOptions]>> = {
  "an option that the task cannot have": [someTexts, { tta: 4 }],
  "a strategy that the task cannot have": [somePrices, { strategy: "lora" }],
  "a column that is missing": [somePrices, { target: "prize" }],
  "an empty list": [[], {}],
  "rows without labels": [someTexts.map(({ text }) => ({ text })), { task: "text-classification" }],
  "a name of no option": [someTexts, { epoch: 3 } as TrainOptions],
};

test("a wrong option gives the same error in a tab as in Node, before training", async () => {
  const page = await openTab(browser, site.url);
  for (const [i, [what, [rows, options]]] of Object.entries(mistakes).entries()) {
    const { root, files } = await sentData(rows);
    const given = join(folder, `mistake-${i}`);
    mkdirSync(given);
    for (const [path, blob] of files)
      writeFileSync(join(given, path), new Uint8Array(await blob.arrayBuffer()));
    const inNode = await train(join(given, root), { ...options, out: join(given, "run") }).then(
      () => expect.unreachable(what),
      ({ kind, message, help }) => ({ kind, message, help }),
    );
    const inTab = await page.evaluate(
      async ({ rows, options, ort }) => {
        const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
        const { listRuns, train } = await load("/package/dist/browser/engraft.js");
        const error = await train(rows, { ...options, ort }).then(
          () => ({ kind: "none", message: "", help: "" }),
          ({ kind, message, help }) => ({ kind, message, help }),
        );
        return { error, runs: (await listRuns()).length };
      },
      { rows, options: options as object, ort },
    );
    expect(inTab, what).toEqual({ error: inNode, runs: 0 });
  }
  await page.close();
});
