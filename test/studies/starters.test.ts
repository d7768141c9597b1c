// The lines and files that start workers, and requests that are refused.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { preparedLines } from "../../src/cli/render/prepared-lines.js";
import { EngraftError } from "../../src/core/errors.js";
import { statusOfStudy, work } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { workOn } from "../../src/studies/workers/work.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-starters-"));
const path = (...parts: string[]) => join(root, ...parts);
const study = path("it's a study");
let printed: string;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const data = await tinyData(path("data"), { ant: 20, bee: 20 });
  const base = tinyBase(path("base"));
  const command = [
    "compare",
    data,
    "--base",
    base,
    "--strategies",
    "probe",
    "--seeds",
    "3",
    "--threads",
    "1",
  ];
  const { code, out, err } = await engraft([...command, "--prepare", "--out", study]);
  expect(err).not.toContain("Error");
  expect(code).toBe(0);
  printed = out;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Part of a JSON schema that `kubernetes-job-schema.json` uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Returns what a value has against a schema. No other properties than those of the schema are allowed. */
function against(schema: Schema, value: unknown, at = "job"): string[] {
  const wrong = (what: string, is: boolean): string[] => (is ? [`${at}: ${what}`] : []);
  const type = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
  const number = Number(value);
  const fields = schema.properties ? Object.entries(value as object) : [];
  return [
    ...wrong(`is ${type}`, schema.type !== undefined && schema.type !== type),
    ...wrong("is another value", "const" in schema && schema.const !== value),
    ...wrong("is none of the values", schema.enum !== undefined && !schema.enum.includes(value)),
    ...wrong("has another form", !new RegExp(schema.pattern ?? "").test(String(value))),
    ...wrong("is out of range", number < (schema.minimum ?? -1 / 0) || number > (schema.maximum ?? 1 / 0)),
    ...wrong("is too long", type === "array" && (value as unknown[]).length > (schema.maxItems ?? 1 / 0)),
    ...(schema.required ?? []).flatMap((name) =>
      wrong(`lacks ${name}`, !Object.hasOwn(value as object, name)),
    ),
    ...fields.flatMap(([name, one]) =>
      schema.properties![name]
        ? against(schema.properties![name], one, `${at}.${name}`)
        : [`${at}: has ${name}`],
    ),
    ...(schema.items
      ? (value as unknown[]).flatMap((one, i) => against(schema.items!, one, `${at}[${i}]`))
      : []),
  ];
}

const schema = JSON.parse(
  readFileSync(new URL("../support/kubernetes-job-schema.json", import.meta.url), "utf8"),
) as Schema;

test("--prepare prints a line for each kind of starter", () => {
  const names = ["work", "parallel", "slurm", "kubernetes", "ray", "progress", "next"];
  for (const name of names) expect(printed).toMatch(new RegExp(`^${name} `, "m"));
  const lines = preparedLines(
    "compare",
    { event: "result", task: "prepare", study: "/s", trainings: 6 },
    "/s/k.yaml",
  );
  expect(lines).toContainEqual(
    expect.stringContaining(
      "seq 0 5 | parallel -j 2 --joblog jobs.log --resume-failed 'engraft work /s --threads 1 --index {}'",
    ),
  );
  expect(lines.join("\n")).toContain(
    "sbatch --array=0-5 --wrap 'engraft work /s --index $SLURM_ARRAY_TASK_ID'",
  );
});

test("names with spaces and quotes reach the worker as they are", () => {
  const odd = path("it's odd");
  const prepared = { event: "result", task: "prepare", study: odd, trainings: 1 } as const;
  const lines = preparedLines("compare", prepared, "").join("\n");
  const [, wrapped] = /--wrap (.+)$/m.exec(lines)!;
  const shown = `sh -c ${wrapped}`.replace("engraft work", "printf %s");
  expect(execFileSync("sh", ["-c", shown.replace(" --index $SLURM_ARRAY_TASK_ID", "")]).toString()).toBe(odd);
});

test("an array of Slurm with too many tasks gets ranges that cover the list", () => {
  const lines = preparedLines(
    "compare",
    { event: "result", task: "prepare", study: "/s", trainings: 2500 },
    "",
  );
  const [, last, index] = /--array=0-(\d+) .*--index (\S+)'/.exec(lines.join("\n"))!;
  expect(index).toBe("$((SLURM_ARRAY_TASK_ID*3))-$((SLURM_ARRAY_TASK_ID*3+2))");
  expect(Number(last)).toBe(833);
  expect(833 * 3).toBeLessThan(2500);
  expect(834 * 3).toBeGreaterThanOrEqual(2500);
});

test("the file for Kubernetes is an Indexed Job whose wrong trainings end their index", () => {
  const job = parse(readFileSync(join(study, "kubernetes.yaml"), "utf8"));
  expect(against(schema, job)).toEqual([]);
  expect(job.spec.completions).toBe(3);
  expect(job.spec.podFailurePolicy.rules[0]).toEqual({
    action: "FailIndex",
    onExitCodes: { containerName: "worker", operator: "In", values: [2] },
  });
  const [{ command, volumeMounts }] = job.spec.template.spec.containers;
  expect(command[2]).toMatch(/^npx --yes engraft@\S+ work ".+" --index "\$JOB_COMPLETION_INDEX"$/);
  expect(volumeMounts[0].mountPath).toBe(root);
  // The check itself finds what is wrong.
  const { completions: _completions, ...spec } = job.spec;
  expect(against(schema, { ...job, spec: { ...spec, parallelism: 0, extra: 1 } })).toEqual([
    "job.spec: lacks completions",
    "job.spec.parallelism: is out of range",
    "job.spec: has extra",
  ]);
});

const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );

test("a range may end beyond the list, and not begin there", { tags: ["thorough"] }, async () => {
  expect(await work(study, { index: "2-9" })).toMatchObject({ trained: 1, of: 1 });
  const beyond = await failure(work(study, { index: "3-9" }));
  expect([beyond.exitCode, beyond.message]).toEqual([2, expect.stringMatching(/^index is "3-9", /)]);
});

test("a folder that is no study, or whose study is not prepared, is refused with the cure", async () => {
  mkdirSync(path("empty"));
  expect((await failure(work(path("empty")))).format()).toContain(
    "help: give the folder that a command with --prepare printed",
  );
  const {
    versions: _versions,
    epochs: _epochs,
    ...manifest
  } = JSON.parse(readFileSync(join(study, "comparison.json"), "utf8"));
  mkdirSync(path("half"));
  const half = { ...manifest, groups: 2, margin: 0.01, budget: 60 };
  writeFileSync(path("half", "diagnosis.json"), JSON.stringify(half));
  expect((await failure(statusOfStudy(path("half")))).format()).toContain("engraft diagnose --resume");
});

test("a read-only folder, and a disk without locks, are the machine's fault", async () => {
  const machine = await openMachine();
  const { platform } = machine;
  const { files } = platform;
  const refused = async (): Promise<never> => {
    throw new EngraftError("FileError", "cannot write: read-only file system");
  };
  const readOnly = { ...machine, platform: { ...platform, files: { ...files, writeAtomic: refused } } };
  const first = await failure(workOn(readOnly, study));
  expect([first.exitCode, first.help]).toEqual([75, "mount it writable, or use a copy"]);
  const withoutLocks = { ...machine, platform: { ...platform, files: { ...files, withLock: refused } } };
  const second = await failure(workOn(withoutLocks, study));
  expect(second.exitCode).toBe(75);
  expect(second.message).toMatch(/^no lock can be taken in the study's folder: /);
  expect(second.help).toBe(
    "free the disk, or mount it with locks; without locks use one worker with a copy of the study",
  );
});

test("--jobs may stand beside --resume, and divides threads", { tags: ["thorough"] }, async () => {
  const { code, err } = await engraft(["compare", "--resume", study, "--jobs", "2", "--threads", "1"]);
  expect(err).not.toContain("Error");
  expect(code).toBe(0);
  const { jobs, threads } = JSON.parse(readFileSync(join(study, "comparison.json"), "utf8"));
  expect([jobs, threads]).toEqual([2, 1]);
});
