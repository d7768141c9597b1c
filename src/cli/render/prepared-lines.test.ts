import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { preparedLines } from "./prepared-lines.js";

const programs = mkdtempSync(join(tmpdir(), "engraft-lines-"));
afterAll(() => rmSync(programs, { recursive: true, force: true }));

/** Programs of these names that run what they are given, as the real ones do. `engraft` prints its words. */
const scripts = {
  engraft: 'for word in "$@"; do printf "<%s>" "$word"; done; echo',
  sbatch: 'export SLURM_ARRAY_TASK_ID=2; shift 2; exec sh -c "$1"',
  parallel: 'shift 5; while read -r n; do sh -c "$(printf %s "$1" | sed "s/{}/$n/")"; done',
};
for (const [name, script] of Object.entries(scripts)) {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

/** Runs the printed command of a label in a shell. */
function run(lines: readonly string[], label: string): string {
  const line = lines.find((one) => one.startsWith(`${label} `))!.slice(label.length);
  return execFileSync("/bin/sh", ["-c", line], {
    env: { PATH: `${programs}:/usr/bin:/bin` },
    encoding: "utf8",
  });
}

for (const study of ["/studies/plain", "/a b/it's", '/a "quoted" one', "/$HOME/`date`/'\"", "/多/学习"])
  test.skipIf(process.platform === "win32")(`the printed commands work for the folder ${study}`, () => {
    const lines = preparedLines("compare", { event: "result", task: "prepare", study, trainings: 3 }, "");
    expect(run(lines, "work")).toBe(`<work><${study}>\n`);
    expect(run(lines, "progress")).toBe(`<work><${study}><--status>\n`);
    expect(run(lines, "next")).toBe(`<compare><--resume><${study}>\n`);
    expect(run(lines, "slurm")).toBe(`<work><${study}><--index><2>\n`);
    expect(run(lines, "parallel").split("\n")[2]).toBe(`<work><${study}><--threads><1><--index><2>`);
  });

test("an array has at most 1,001 tasks: more trainings are divided", () => {
  const of = (trainings: number) =>
    preparedLines("curve", { event: "result", task: "prepare", study: "/s", trainings }, "");
  expect(of(1001).join("\n")).toContain("--array=0-1000 ");
  expect(of(1002).join("\n")).toContain("--array=0-500 ");
  const lines = of(10_000);
  expect(lines.join("\n")).toContain("--array=0-999 ");
  expect(run(lines, "slurm")).toBe("<work></s><--index><20-29>\n");
});
