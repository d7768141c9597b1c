// Results and studies that no worker of ours wrote: each is refused in a sentence, and nothing outside the study changes.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ComparisonResult, EngraftError, resume, statusOfStudy, work } from "../../src/index.js";
import { failure } from "../support/failure.js";
import { setUpStudies } from "../support/shared-studies.js";

const { path, prepared } = setUpStudies("hostile", {
  ...{ epochs: 1, strategies: ["probe", "bitfit"], seeds: 1 },
});

const otherPlace = /is a link to another place$/;
test("files of a hostile worker: each is named, and the other trainings are done", {
  tags: ["thorough"],
}, async () => {
  const elsewhere = await prepared("elsewhere");
  await work(elsewhere);
  const of = (study: string): string => join(study, "runs", "bitfit-seed-0");
  const forge = (run: string, change: (result: { test: object }) => void): void => {
    const manifest = JSON.parse(readFileSync(join(of(elsewhere), "run.json"), "utf8"));
    change(manifest.result);
    mkdirSync(run);
    writeFileSync(join(run, "run.json"), JSON.stringify(manifest));
  };
  const cases: readonly (readonly [string, (run: string) => void, RegExp])[] = [
    ["a link to a folder", (run) => symlinkSync(of(elsewhere), run), otherPlace],
    [
      "a link to a file",
      (run) => {
        mkdirSync(run);
        symlinkSync(join(of(elsewhere), "run.json"), join(run, "run.json"));
      },
      otherPlace,
    ],
    [
      "the run of another training",
      (run) => {
        mkdirSync(run);
        writeFileSync(join(run, "run.json"), readFileSync(join(elsewhere, "runs/probe-seed-0/run.json")));
      },
      /holds another training than bitfit: its strategy differs$/,
    ],
    [
      "half a file",
      (run) => {
        mkdirSync(run);
        writeFileSync(join(run, "run.json"), '{"format": 2, "sta');
      },
      / is damaged: it is not JSON$/,
    ],
    [
      "a result with a text for its seconds",
      (run) => forge(run, (result) => Object.assign(result, { seconds: "all" })),
      /manifest is damaged: its result\.seconds is "all"$/,
    ],
    [
      "a result with half a score",
      (run) =>
        forge(run, (result) => Object.assign(result.test, { scores: { metric: "f1", k: 3, values: [1] } })),
      /has a result without a right value of test\.scores$/,
    ],
    [
      "a huge run.json",
      (run) => {
        mkdirSync(run);
        writeFileSync(join(run, "run.json"), "");
        truncateSync(join(run, "run.json"), 2 ** 26 + 1);
      },
      /has a run\.json of 67108865 bytes$/,
    ],
    [
      "a record of failures that is a link",
      (run) => symlinkSync(path("outside.jsonl"), `${run}.failures.jsonl`),
      /^$/,
    ],
    [
      "a huge record of failures",
      (run) => writeFileSync(`${run}.failures.jsonl`, " ".repeat(2 ** 20 + 1)),
      /^the record of failures ".+" is not what a worker writes$/,
    ],
  ];
  for (const [name, spoil, message] of cases) {
    const study = path(`hostile ${name}`);
    cpSync(elsewhere, study, { recursive: true });
    rmSync(of(study), { recursive: true });
    spoil(of(study));
    const before = readFileSync(join(of(elsewhere), "run.json"), "utf8");
    const error = message.source === "^$" ? await work(study) : await failure(work(study));
    if (error instanceof EngraftError) {
      expect(error.exitCode).toBe(2);
      expect(error.message.replace(/^bitfit, seed 0, on [^:]+: /, "")).toMatch(message);
      const table = (await resume(study)) as ComparisonResult;
      expect(table.failures.map((one) => one.message)).toEqual([expect.stringMatching(message)]);
      expect((await statusOfStudy(study)).trainings.map(({ state }) => state)).toEqual(["done", "failed"]);
    }
    expect(existsSync(path("outside.jsonl"))).toBe(false);
    expect(readFileSync(join(of(elsewhere), "run.json"), "utf8")).toBe(before);
  }
});

test("odd folders are refused in a sentence, and nothing is written to them", async () => {
  const right = JSON.parse(readFileSync(join(await prepared("right"), "comparison.json"), "utf8"));
  const manifests: readonly (readonly [string, unknown, RegExp])[] = [
    ["null", null, /manifest is damaged: it is not what a comparison writes$/],
    ["a list", [], /manifest is damaged/],
    ["another version", { ...right, format: 99 }, /does not know format 99 of comparison.json$/],
    ["no label", { ...right, entries: [{ strategy: "probe" }] }, /manifest is damaged/],
    ["a seed that is a path", { ...right, seeds: ["../../x"] }, /manifest is damaged/],
    ["no trainings", { ...right, seeds: [] }, /does not know its trainings yet$/],
    ["too many trainings at once", { ...right, jobs: 1e9 }, /^jobs is 1000000000$/],
  ];
  for (const [name, manifest, message] of manifests) {
    const study = path(`odd ${name}`);
    mkdirSync(study);
    writeFileSync(join(study, "comparison.json"), JSON.stringify(manifest));
    const call = name === "too many trainings at once" ? resume : work;
    const error = await failure(call(study));
    expect([name, error.kind === "InternalError", error.message]).toEqual([
      name,
      false,
      expect.stringMatching(message),
    ]);
    expect(readdirSync(study)).toEqual(["comparison.json"]);
  }
  const folder = path("odd folder");
  mkdirSync(join(folder, "comparison.json"), { recursive: true });
  expect((await failure(work(folder))).message).toContain("it is a folder, not a file");
  for (const none of [path("nowhere"), path("data"), join(path("data"), "ant", "0.png")])
    expect((await failure(work(none))).message).toBe(`"${none}" holds no study that can be shared`);
});
