// A task in a real browser: trained, scored, explained and asked in a tab and in Node, from the same rows and seed.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isTaskWith, tasks } from "../../src/core/results/task.js";
import {
  type Explanation,
  evaluate,
  explain,
  type InspectDataOptions,
  inspectData,
  load,
  type TrainOptions,
  train,
} from "../../src/index.js";
import { sentData } from "../../src/web/sent-data.js";
import type { Toy } from "../characterisation/toys.js";
import { launchChromium } from "../support/chromium.js";
import { sharedToys } from "../support/shared-runs.js";
import { expectClose } from "./expect-close.js";
import { type Site, startSite } from "./site.js";
import { openTab } from "./tab.js";
import { askInTab, trainInTab } from "./tab-training.js";
import {
  type CaseName,
  filesIn,
  isAskedPath,
  others,
  type Row,
  type TabCase,
  tabCases,
} from "./task-cases.js";

interface Place {
  readonly folder: string;
  readonly toy: Toy;
  readonly cases: Readonly<Record<CaseName, TabCase>>;
  readonly browser: Browser;
  readonly site: Site;
}

/**
 * Defines tests: a tab gives the results of Node for each task, and for every case with all baselines.
 *
 * @param usual the tasks that `npm test` trains, with a network from scratch and a linear probe as baselines
 * @returns a function for the files of the bundle that a case with baselines loads; it trains the case unless a test has
 */
export function tabGivesNodesResults(
  usual: readonly CaseName[],
): (name: CaseName) => Promise<ReadonlySet<string>> {
  const loading = new Map<CaseName, Promise<ReadonlySet<string>>>();
  let place: Place;
  beforeAll(async () => {
    const toy = sharedToys();
    const folder = mkdtempSync(join(tmpdir(), "engraft-tab-tasks-"));
    // Many short runs: a worker compiles the runtime once and quickly, instead of twice and well.
    const [browser, site] = await Promise.all([
      launchChromium("--js-flags=--liftoff-only"),
      startSite({ isolated: true }),
    ]);
    place = { folder, toy, cases: tabCases(toy), browser, site };
  });
  afterAll(async () => {
    await place.browser.close();
    await place.site.close();
    rmSync(place.folder, { recursive: true, force: true });
  });
  const loadedBy = (name: CaseName) => {
    const files = loading.get(name) ?? compareTabAndNode(place, name, true);
    loading.set(name, files);
    return files;
  };
  const compared = (name: CaseName) => loadedBy(name).then(() => undefined);
  const alone = tasks.flatMap((name) =>
    isTaskWith(name, { input: "several" }) || usual.includes(name as CaseName) ? [] : [name as CaseName],
  );
  test.each(usual)("%s with baselines: a tab gives Node's results", compared);
  test.each(alone)("%s: a tab gives Node's results", { tags: ["thorough"] }, (name) =>
    compareTabAndNode(place, name, false).then(() => undefined),
  );
  test.each([...alone, ...others])(
    "%s with baselines: a tab gives Node's results",
    { tags: ["thorough"] },
    compared,
  );
  return loadedBy;
}

/** Options of a short run. */
const brief = { epochs: 1, option: { keep: "last" }, seed: 3, threads: 1, seeds: 1, cache: false } as const;

/** The options that say how data are read. */
export const aboutData = ({
  task,
  target,
  labels,
  text,
  groupFrom,
  seed,
}: TrainOptions): InspectDataOptions =>
  JSON.parse(JSON.stringify({ task, target, labels, text, groupFrom, seed }));

/** What Node says of a case: the files that a page's rows become, in a folder of this name. */
async function inNode(
  { folder, toy, cases }: Place,
  name: CaseName,
  { data, at }: { readonly data: readonly Row[]; readonly at: string },
  options: TrainOptions,
) {
  const { base, asked } = cases[name];
  const { root, files } = await sentData(data);
  const given = join(folder, at);
  for (const [path, blob] of files) {
    mkdirSync(dirname(join(given, path)), { recursive: true });
    writeFileSync(join(given, path), new Uint8Array(await blob.arrayBuffer()));
  }
  const out = `${given}-run`;
  const run = await train(join(given, root), { ...options, out, ...(base && { base: await toy(base) }) });
  const shown = files.filter(([path]) => isAskedPath(path)).slice(0, 3);
  const items = asked === "files" ? shown.map(([path]) => join(given, path)) : asked;
  const model = await load(run.model, { threads: 1 });
  const predicted = await (model.predict as (given: unknown) => Promise<unknown>)(items);
  await model.close();
  const scored = await evaluate(run.model, join(given, root), { threads: 1 });
  const inspected = await inspectData(join(given, root), aboutData(options));
  const explained: Explanation[] = [];
  for await (const one of explain(run.model, items as string[], { threads: 1 })) explained.push(one);
  const made = readdirSync(run.model, { recursive: true, encoding: "utf8" }).filter((path) => extname(path));
  return { run, predicted, scored, inspected, explained, paths: [...made, "LICENSE"].sort() };
}

/** Trains a case in Node and in a tab, and compares all that they give. Returns the files of the bundle that the training loaded. */
async function compareTabAndNode(
  place: Place,
  name: CaseName,
  withBaselines: boolean,
): Promise<ReadonlySet<string>> {
  const { toy, cases, browser, site } = place;
  const { rows, base, asked, strategy, scratchSteps = 24, options: own, isJumpy } = cases[name];
  const data = await rows();
  // A solved model has no settings of a training loop. Epochs are for the network from scratch, which is its baseline.
  const { option: _loop, epochs, ...solved } = brief;
  const length = strategy ? { ...solved, strategy, ...(base && { epochs }) } : brief;
  const baselines = withBaselines ? { baselines: true, scratchSteps } : { baselines: false };
  const options = { ...(base && { strategy: "finetune", ...baselines }), ...length, ...own } as TrainOptions;
  const at = withBaselines ? `${name} compared` : name;
  const node = await inNode(place, name, { data, at }, options);
  if (!others.some((other) => other === name)) expect(node.run.task).toBe(name);

  const context = await browser.newContext();
  const requests = new Set<string>();
  const wrong: string[] = [];
  context.on("request", (request) => requests.add(new URL(request.url()).pathname));
  context.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  const page = await openTab(context, site.url);
  const questions = asked === "files" ? filesIn(data).slice(0, 3) : asked;
  const about = aboutData(options);
  const request = { data, questions, base: base && (await toy(base)), options, about };
  await trainInTab(page, request);
  const tab = await askInTab(page, request);
  await context.close();

  expect(wrong).toEqual([]);
  const { run } = tab;
  expect(run.task).toBe(node.run.task);
  expect(run.split).toEqual(node.run.split);
  expect(tab.inspected).toEqual(node.inspected);
  if (isJumpy) {
    expect(Math.abs(run.test.metric.value! - node.run.test.metric.value!)).toBeLessThan(0.05);
    expectClose(tab.scored.test.metric, run.test.metric, "scored");
    expect(tab.predicted).toHaveLength(3);
  } else {
    expectClose(run.test, node.run.test, "test");
    expect(run.verdict?.words).toBe(node.run.verdict?.words);
    expectClose(tab.predicted, node.predicted, "predicted");
    expectClose(tab.scored.test, node.scored.test, "scored");
  }
  expect(Object.keys(run.baselines ?? {})).toEqual(Object.keys(node.run.baselines ?? {}));
  expect(run.verdict?.transfer).toBe(node.run.verdict?.transfer);
  expect(tab.scored.scored).toBe(node.scored.scored);
  if (isJumpy) expect(tab.explained).toHaveLength(3);
  const withoutInput = (all: readonly Explanation[]) => all.map(({ input: _input, ...said }) => said);
  if (!isJumpy) expectClose(withoutInput(tab.explained), withoutInput(node.explained), "explained");
  const places =
    asked === "files"
      ? filesIn(data)
          .slice(0, 3)
          .map(({ name }) => name)
      : node.explained.map(({ input }) => input);
  expect(tab.explained.map(({ input }) => input)).toEqual(places);
  expect(tab.paths).toEqual(node.paths.filter((path) => tab.paths.includes(path) || path !== "LICENSE"));
  expect(tab.kept).toEqual([["here", "done", node.run.task]]);
  for (const event of ["start", "data", "trainable", "forecast", "result"])
    expect(tab.events).toContain(event);
  expect(tab.report).toMatch(/^<!doctype html>/i);
  return new Set([...requests].filter((path) => path.includes("/dist/browser/")));
}
