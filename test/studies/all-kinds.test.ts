// What is the same for every kind of study: one process does a training, its data are those of the study, its machine is named, and the
// data may lie elsewhere.
// @module-tag thorough
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { engraftVersion } from "../../src/core/version.js";
import type { EngraftEvent } from "../../src/index.js";
import { prepareComparison, prepareCurve, prepareDiagnosis, resume, work } from "../../src/index.js";
import { type StudyResult, studyPage } from "../../src/report/studies/study-sheets.js";
import { openMachine } from "../../src/run/machine.js";
import { openStudy } from "../../src/studies/workers/study.js";
import { failure } from "../support/failure.js";
import { engraft, tinyData } from "../support/fixtures.js";
import { read, rewrite, runsOf, setUpStudies } from "../support/shared-studies.js";

const { path, data, options: its } = setUpStudies("kinds", {});
const options = { base: its.base, threads: 1 };

/** Each kind with few trainings: how it is prepared, what it is, and where a training records its data. */
const kinds = {
  compare: {
    prepare: (from: string, out: string) =>
      prepareComparison(from, { ...options, strategies: ["probe"], seeds: 2, out }),
    what: "comparison",
    record: (run: string) => join(run, "run.json"),
  },
  curve: {
    prepare: (from: string, out: string) =>
      prepareCurve(from, { ...options, epochs: 1, sizes: [8, 16], seeds: 1, scratchSteps: 4, out }),
    what: "learning curve",
    record: (run: string) => join(run, "run.json"),
  },
  diagnose: {
    prepare: (from: string, out: string) =>
      prepareDiagnosis(from, { ...options, epochs: 1, groups: 2, seeds: 1, out }),
    what: "diagnosis",
    record: (run: string) => run,
  },
} as const;

const trainingsOf = async (study: string) => (await openStudy(await openMachine(), study)).trainings;

describe.each(Object.entries(kinds))("%s", (name, { prepare, what, record }) => {
  const done = path(`${name} done`);
  beforeAll(async () => {
    await prepare(data, done);
    await work(done);
  });
  /** Copies the study whose trainings are done. */
  const copied = (to: string): string => {
    cpSync(done, path(`${name} ${to}`), { recursive: true });
    return path(`${name} ${to}`);
  };

  test("a coordinator waits for a training that a worker has", async () => {
    const study = copied("waits");
    const { run } = (await trainingsOf(study))[0]!;
    rmSync(run, { recursive: true });
    let resumed: Promise<unknown> | undefined;
    await (await openMachine()).platform.files.withLock(`${run}.work`, async () => {
      const waits = new Promise<void>((end) => {
        const onEvent = (event: EngraftEvent) => event.event === "warning" && event.code === "lock" && end();
        resumed = resume(study, { onEvent });
      });
      await Promise.race([waits, resumed]);
      expect(existsSync(run)).toBe(false);
    });
    await resumed;
    expect(existsSync(run)).toBe(true);
    expect(readdirSync(join(study, "runs")).filter((file) => file.includes(".lock"))).toEqual([]);
  });

  test("a training on other data is found, whoever did it", async () => {
    const study = copied("changed");
    const { label, seed, run } = (await trainingsOf(study)).at(-1)!;
    rewrite(record(run), (manifest) => {
      manifest.fingerprint = "0".repeat(64);
    });
    const found = await resume(study).then(
      (result) => (result.task === "comparison" ? result.failures[0] : undefined),
      (error) => error,
    );
    expect(found.message).toBe(
      `${label}, seed ${seed}, was not trained on the data of the ${what}: they changed in between`,
    );
    expect(found.help).toBe(`remove "${run}", then go on with: engraft ${name} --resume "${study}"`);
  });

  test("seconds of unlike machines are not compared, and each training names its machine", async () => {
    const study = copied("unlike");
    const alike = (await resume(study)) as StudyResult & { note_codes: readonly string[] };
    expect(alike.note_codes).not.toContain("machines");
    const { run } = (await trainingsOf(study)).at(-1)!;
    rewrite(record(run), (manifest) => {
      manifest.machine = "Old Processor, 2 cores, linux-x64";
    });
    const result = await resume(study);
    if (!("note_codes" in result)) return expect.fail(result.task);
    expect(new Set(result.runs.map(({ machine }) => machine)).size).toBe(2);
    const note = result.notes[(result.note_codes as readonly string[]).indexOf("machines")];
    expect(note).toMatch(/^The trainings ran on 2 kinds of machine, so their seconds are not compared: /);
    expect(note).toMatch(/Old Processor, 2 cores, linux-x64(, 1 thread)? \(1 training\)/);
    if (result.task === "comparison") expect(result.rows.map(({ seconds }) => seconds)).toEqual([null]);
    if (result.task === "learning-curve") {
      expect(result.sizes.map(({ seconds }) => seconds)).toEqual([null, null]);
      expect(result.words).not.toContain("training took");
    }
    for (const lang of ["en", "zh"] as const) {
      const page = studyPage(result, lang);
      expect(page).toContain("Old Processor");
      expect(page).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test("trainings of another version are told once", async () => {
    const study = copied("older");
    for (const { run } of await trainingsOf(study))
      rewrite(record(run), (manifest) => {
        if (name === "diagnose") manifest.engraft = "0.0.9";
        else manifest.versions = { ...(manifest.versions as object), engraft: "0.0.9" };
      });
    const told: string[] = [];
    const onEvent = (event: EngraftEvent) =>
      event.event === "warning" && event.code === "versions" && told.push(event.message);
    await resume(study, { onEvent });
    expect(told).toEqual([
      `this study has trainings of Engraft 0.0.9, and the others are made with ${engraftVersion}: rows may differ because of the ` +
        "version; a new study has one version",
    ]);
  });

  test("data that lie elsewhere are given with --data, and are found again afterwards", async () => {
    const [study, before, after] = ["study", "before", "after"].map((part) => path(`${name} ${part}`)) as [
      string,
      string,
      string,
    ];
    await prepare(await tinyData(before, { ant: 20, bee: 20 }), study);
    cpSync(join(done, "runs"), join(study, "runs"), { recursive: true });
    renameSync(before, after);
    const missing = await failure(resume(study));
    expect(missing.format()).toBe(
      `MachineError: this machine has no data at "${before}"\n  at ${join(study, `${{ compare: "comparison", curve: "curve", diagnose: "diagnosis" }[name]}.json`)}\n` +
        "  help: give their path on this machine with --data",
    );
    const other = await tinyData(path(`${name} other`), { ant: 20, bee: 21 });
    const wrong = await failure(resume(study, { data: other }));
    expect(wrong.message).toBe(`the data changed since the ${what} was started`);
    const { code, err } = await engraft([name, "--resume", study, "--data", after, "--quiet"]);
    expect([code, err]).toEqual([0, ""]);
    const manifest = read(missing.at!);
    expect([manifest.status, manifest.data]).toEqual(["done", after]);
    const again = await resume(study);
    expect("data" in again && again.data).toBe(after);
    expect(runsOf(study).length).toBe((await trainingsOf(study)).length);
  });
});

test("--data of a new study is refused", async () => {
  for (const name of Object.keys(kinds)) {
    const { code, err } = await engraft([name, data, "--data", data]);
    expect(code).toBe(2);
    expect(err).toContain("help: give the data as the first word, or add --resume DIR");
  }
});
