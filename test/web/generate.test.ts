// A decoder in a tab writes piece by piece, and stops when the page leaves the loop. `tasks.test.ts` compares its predictions with Node's.
import { expect, test } from "vitest";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { sharedToys } from "../support/shared-runs.js";
import { startSite } from "./site.js";
import { openTab, ort } from "./tab.js";
import { askInTab, trainInTab } from "./tab-training.js";
import { tabCases } from "./task-cases.js";

const options = { strategy: "finetune", epochs: 1, option: { keep: "last" }, threads: 1, baselines: false };

test("generate in a tab yields the pieces of the text, and ends when the page leaves the loop", {
  tags: ["thorough"],
}, async () => {
  const [browser, site] = await Promise.all([launchChromium("--js-flags=--liftoff-only"), startSite()]);
  const page = await openTab(browser, site.url);
  const toy = sharedToys();
  const data = await tabCases(toy)["text-generation"].rows();
  const request = { data, questions: ["good book"], base: await toy("chat-decoder"), options, about: {} };
  await trainInTab(page, request);
  const { predicted } = await askInTab(page, request);
  const tab = await page.evaluate(async (ort) => {
    const { engraft } = (globalThis as unknown as { kept: { engraft: typeof Web } }).kept;
    const model = await engraft.load({ run: "here" }, { ort, threads: 1 });
    if (model.task !== "text-generation") throw new Error(model.task);
    const pieces: string[] = [];
    const stream = model.generate("good book");
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) pieces.push(step.value);
    let left = 0;
    for await (const _ of model.generate([{ role: "user", content: "good book" }], { maxNew: 100_000 })) {
      left++;
      break;
    }
    const again = await model.predict(["good book"], { maxNew: 1 });
    const wrong = await model
      .generate("good ".repeat(100))
      .next()
      .then(String, ({ kind }: { kind: string }) => kind);
    model.close();
    return { pieces, result: step.value, left, again, wrong, cached: model.cached, form: model.form };
  }, ort);
  await browser.close();
  await site.close();
  expect(tab.result).toEqual((predicted as readonly unknown[])[0]);
  expect(tab.pieces.join("")).toBe((tab.result as { readonly text: string }).text);
  expect(tab.again).toMatchObject([{ tokens: 1 }]);
  expect(tab).toMatchObject({ wrong: "DataError", cached: true, form: "chats" });
});
