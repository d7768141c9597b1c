// What leaves the machine with a model folder, a card or a report: neither who was in the training set nor whose machine it was.
// @module-tag thorough
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { evaluate } from "../../src/index.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

/** A folder whose name nobody but the user should read. */
const secret = "ward-seven-patients";
const root = mkdtempSync(join(tmpdir(), `engraft-${secret}-`));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const path = (...parts: string[]): string => join(root, ...parts);
process.env.ENGRAFT_CACHE = path("cache");

/** The text of every file of a folder. */
function textsOf(folder: string): [name: string, text: string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(folder.length + 1), readFileSync(file, "latin1")]);
}

beforeAll(async () => {
  await tinyData(path("pictures"), { ant: 14, bee: 14 });
  await tinyData(path("drawings"), { ant: 14, bee: 14 }, 900);
  tinyBase(path("base"));
  writeTextBase(path("text-base"));
  const list = (file: string, header: string, rows: readonly string[]) =>
    writeFileSync(path(file), `${[header, ...rows].join("\n")}\n`);
  list(
    "reviews.csv",
    "text,label",
    reviews(60).map((r) => `${r.text},${r.label}`),
  );
  list(
    "others.csv",
    "text,label",
    reviews(120)
      .slice(60)
      .map((r) => `${r.text},${r.label}`),
  );
  list(
    "labelled.csv",
    "text,labels",
    labelledTexts(60).map((r) => `${r.text},${r.labels.join("|")}`),
  );
  list(
    "houses.csv",
    "rooms,price",
    Array.from({ length: 60 }, (_, i) => `${(i * 7) % 13},${((i * 7) % 13) * 2.5 + (i % 3)}`),
  );
  const pictures = ["ant", "bee"].flatMap((kind) => Array.from({ length: 14 }, (_, i) => ({ kind, i })));
  list(
    "sizes.csv",
    "image,size",
    pictures.map(({ kind, i }) => `pictures/${kind}/${i}.png,${kind === "ant" ? i : 2 * i}`),
  );
  list(
    "columns.csv",
    "image,kind,parity",
    pictures.map(({ kind, i }) => `pictures/${kind}/${i}.png,${kind},${i % 2 ? "odd" : "even"}`),
  );
  writeTagged(path("tagged"), taggedSentences(40));
});

const commands: Readonly<Record<string, readonly string[]>> = {
  "pictures with classes": [
    "train",
    path("pictures"),
    "--base",
    path("base"),
    "--baselines",
    "--scratch-steps",
    "8",
  ],
  "an adapter": ["train", path("pictures"), "--base", path("base"), "--strategy", "lora", "--adapter-only"],
  "numbers from pictures": ["train", path("sizes.csv"), "--target", "size", "--base", path("base")],
  "a table": ["train", path("houses.csv"), "--target", "price"],
  texts: ["train", path("reviews.csv"), "--base", path("text-base")],
  "several labels": ["train", path("labelled.csv"), "--base", path("text-base")],
  entities: ["train", path("tagged"), "--base", path("text-base")],
  "several tasks": ["multi-task", path("columns.csv"), "--labels", "kind,parity", "--base", path("base")],
  "adapted pictures": [
    "adapt",
    path("pictures"),
    path("drawings"),
    "--base",
    path("base"),
    "--method",
    "dann",
  ],
  "adapted texts": ["adapt", path("reviews.csv"), path("others.csv")],
};

/** Runs that are done, by what they learnt. */
const runs = new Map<string, string>();
async function runOf(what: string): Promise<string> {
  const done = runs.get(what);
  if (done) return done;
  const out = path(`run of ${what}`);
  const words = commands[what]!;
  const length = what.startsWith("adapted texts") ? [] : ["--epochs", "1", "--threads", "1"];
  const alone = words[0] === "train" && !words.includes("--baselines") ? ["--no-baselines"] : [];
  const short = [...length, ...alone];
  const ran = await engraft([...words, ...short, "--out", out], {
    cache: path("cache"),
    cwd: root,
  });
  expect({ code: ran.code, err: ran.code === 0 ? "" : ran.err }).toEqual({ code: 0, err: "" });
  runs.set(what, out);
  return out;
}

test.each(Object.keys(commands))(
  "%s: the model folder tells of no sample that it was trained on it",
  { tags: ["thorough"] },
  async (what) => {
    const run = await runOf(what);
    const { samples } = JSON.parse(readFileSync(join(run, "samples.json"), "utf8")) as { samples: object };
    const hashes = Object.keys(samples);
    expect(hashes.length).toBeGreaterThan(10);
    const found = textsOf(join(run, "model")).filter(([, text]) =>
      hashes.some((hash) => text.includes(hash)),
    );
    expect(found.map(([name]) => name)).toEqual([]);
  },
);

test.each(Object.keys(commands))(
  "%s: model folder and report name no folder of this machine",
  { tags: ["thorough"] },
  async (what) => {
    const run = await runOf(what);
    const report: [string, string] = ["report.html", readFileSync(join(run, "report.html"), "utf8")];
    const found = [...textsOf(join(run, "model")), report].flatMap(([name, text]) =>
      [...text.matchAll(new RegExp(`.{0,60}${secret}.{0,60}`, "g"))].map(([where]) => `${name}: ${where}`),
    );
    expect(found).toEqual([]);
  },
);

test("the report says how many samples it shows, and --no-pictures leaves them out", async () => {
  const run = await runOf("pictures with classes");
  const page = () => readFileSync(join(run, "report.html"), "utf8");
  const pictures = (text: string) => text.match(/data:image\/(?:webp|png|jpeg)/g) ?? [];
  expect(page()).toMatch(/This file contains [1-9]\d* of your pictures\./);
  expect(pictures(page()).length).toBeGreaterThan(0);
  const again = await engraft(["report", run, "--no-pictures"], { cache: path("cache") });
  expect(again.code).toBe(0);
  expect(page()).toContain("This file contains none of your pictures.");
  expect(pictures(page())).toEqual([]);
});

test("train --no-pictures keeps texts and their words out of the report, also when it is written again", {
  tags: ["thorough"],
}, async () => {
  const all = reviews(60).map((r) => r.text);
  const out = path("no samples");
  const args = ["train", path("reviews.csv"), "--base", path("text-base"), "--epochs", "1", "--threads", "1"];
  const ran = await engraft([...args, "--no-baselines", "--no-pictures", "--out", out], {
    cache: path("cache"),
  });
  expect(ran.code).toBe(0);
  const shown = () => {
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("This file contains none of your texts.");
    return all.filter((text) => page.includes(text));
  };
  expect(shown()).toEqual([]);
  expect((await engraft(["report", out, "--lang", "en"], { cache: path("cache") })).code).toBe(0);
  expect(shown()).toEqual([]);
  expect(readFileSync(join(await runOf("texts"), "report.html"), "utf8")).toMatch(
    /contains [1-9]\d* of your texts/,
  );
});

test("the report of entities shows sentences, and with --no-pictures none", async () => {
  const run = await runOf("entities");
  const sentences = taggedSentences(40).map((words) => words.map(([word]) => word).join(" "));
  const shown = () => {
    const page = readFileSync(join(run, "report.html"), "utf8");
    return sentences.filter((sentence) => page.includes(sentence)).length;
  };
  expect(shown()).toBeGreaterThan(0);
  expect((await engraft(["report", run, "--no-pictures"], { cache: path("cache") })).code).toBe(0);
  expect(shown()).toBe(0);
});

const warnings = (events: readonly EngraftEvent[]) =>
  events.flatMap((event) =>
    event.event === "warning" && event.code === "samples_unknown" ? [event.message] : [],
  );

test("a model that was moved away from its run is scored on its own test part, found by the same split", async () => {
  const run = await runOf("pictures with classes");
  const before = await evaluate(run, path("pictures"), { threads: 1 });
  cpSync(join(run, "model"), path("moved"), { recursive: true });
  const after = await evaluate(path("moved"), path("pictures"), { threads: 1 });
  expect(after.test).toEqual(before.test);
  expect(after.scored).toBe(before.scored.replace(/ \(\d+ of them the model was trained or chosen on\)/, ""));
  expect(after.scored).toMatch(/^the \d+ pictures .*; \d+ others left out$/);
});

test("other data cause a warning that the model may have seen them; --run resolves it", async () => {
  const run = await runOf("pictures with classes");
  cpSync(path("pictures"), path("fewer"), { recursive: true });
  // The seed draws other parts from fewer pictures.
  for (const name of ["ant", "bee"])
    for (const i of [0, 3, 6, 9, 12]) rmSync(path("fewer", name, `${i}.png`));
  cpSync(join(run, "model"), path("moved"), { recursive: true });
  const events: EngraftEvent[] = [];
  const options = { threads: 1, onEvent: (event: EngraftEvent) => void events.push(event) };
  const unknown = await evaluate(path("moved"), path("fewer"), options);
  expect(unknown.scored).toBe("all 18 pictures; it is not known which of them the model was trained on");
  expect(warnings(events)).toEqual([
    "the model may have been trained on some of these pictures, then the score is too good: there is no samples.json beside its folder; name its run with --run",
  ]);
  const known = await evaluate(path("moved"), path("fewer"), { threads: 1, run });
  expect(known.scored).toMatch(/ own test part/);
  expect(known.left_out).toBeGreaterThan(5);
});

test("a run that is not the model's is refused", async () => {
  const [run, other] = [await runOf("pictures with classes"), await runOf("adapted pictures")];
  const model = join(run, "model");
  await expect(evaluate(model, path("pictures"), { threads: 1, run: other })).rejects.toThrow(
    `samples.json of "${other}" belongs to another dataset than the model`,
  );
  mkdirSync(path("no run"), { recursive: true });
  await expect(evaluate(model, path("pictures"), { threads: 1, run: path("no run") })).rejects.toThrow(
    `the run folder "${path("no run")}" has no samples.json`,
  );
});
