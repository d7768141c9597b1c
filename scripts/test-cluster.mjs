// `npm run test:cluster`: a study under GNU parallel and under Slurm with one node. In each, one task is killed with -9, and the study is started
// again. At the end, the table must be that of one process.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "./start-program.mjs";

startProgram(import.meta.url, { about: "a study under GNU parallel and Slurm", needs: ["cluster"] });

const cli = fileURLToPath(new URL("../dist/program/main.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "engraft-cluster-"));
const at = (...parts) => join(root, ...parts);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const started = [];
process.env.PATH = `${at("bin")}:${process.env.PATH}`;
process.env.ENGRAFT_CACHE = at("cache");

/** Debian's packages, with a program of each. */
const packages = { parallel: "parallel", "slurm-wlm": "slurmctld" };
const hasProgram = (name) =>
  ["/usr/bin", "/usr/sbin", "/usr/local/bin"].some((place) => existsSync(join(place, name)));

/** Returns true if the package is there. Under CI=true and as root it is installed; elsewhere a line names it. */
function hasPackage(name) {
  if (hasProgram(packages[name])) return true;
  if (process.env.CI === "true" && process.getuid?.() === 0) {
    const how = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    execFileSync("apt-get", ["update", "-qq"], how);
    execFileSync("apt-get", ["install", "-y", "-qq", name], how);
    if (hasProgram(packages[name])) return true;
  }
  console.log(`skipped: Debian's package ${name} is missing (apt-get install ${name})`);
  return false;
}

const shell = (line) =>
  execFileSync("/bin/sh", ["-c", line], { encoding: "utf8", cwd: root, stdio: ["ignore", "pipe", "pipe"] });

/** Waits until a condition holds. @throws after ten minutes */
async function until(what, holds) {
  for (let i = 0; i < 6000; i++) {
    if (await holds()) return;
    await pause(100);
  }
  throw new Error(`waited in vain: ${what}`);
}

/** Prepares a study. @returns the printed command of a label */
function prepare(study) {
  const words = `--strategies probe,bitfit --seeds 2 --epochs 1 --threads 1`;
  const lines = shell(`engraft compare messages.csv ${words} --prepare --out "${study}"`).split("\n");
  return (label) =>
    lines
      .find((line) => line.startsWith(`${label} `))
      .slice(label.length)
      .trim();
}

/** Kills the first worker that takes a training. @returns the name of the training */
async function killOne(study) {
  let name;
  await until("a worker takes a training", () => {
    const runs = at(study, "runs");
    name = existsSync(runs) && readdirSync(runs).find((file) => file.endsWith(".work.lock.pid"));
    return name;
  });
  process.kill(JSON.parse(readFileSync(at(study, "runs", name), "utf8")).pid, "SIGKILL");
  return name.replace(".work.lock.pid", "");
}

const states = (study) => shell(`engraft work "${study}" --status`).trimEnd();

/** Makes the table, and compares it and each model with those of one process. */
function compareWithLocal(study) {
  shell(`engraft compare --resume "${study}"`);
  const unlike = ["seconds", "peak_rss_mb", "started", "test_looks", "machine", "machines", "command"];
  const table = (folder) =>
    JSON.stringify(
      JSON.parse(
        readFileSync(at(folder, "comparison.json"), "utf8").replaceAll(at(folder), "STUDY"),
        (key, value) => (unlike.includes(key) ? undefined : value),
      ),
    );
  const runs = (folder) => readdirSync(at(folder, "runs")).sort();
  const model = (folder, run) => readFileSync(at(folder, "runs", run, "model/onnx/model.onnx"));
  const same = runs("local").filter((run) => model(study, run).equals(model("local", run)));
  const isSame = table(study) === table("local") && runs(study).join() === runs("local").join();
  console.log(
    `the table is ${isSame ? "" : "NOT "}that of one process; ${same.length} of ${runs("local").length} models have equal bytes`,
  );
  if (!isSame || same.length < runs("local").length) process.exitCode = 1;
}

async function withParallel() {
  const study = "with parallel";
  const line = prepare(study)("parallel");
  console.log(`\nGNU parallel\n$ ${line}`);
  const first = spawn("/bin/sh", ["-c", line], { cwd: root, stdio: "ignore" });
  const ended = new Promise((done) => first.on("close", done));
  const killed = await killOne(study);
  console.log(
    `killed the worker of ${killed} with -9; parallel ended with code ${await ended}\n${states(study)}`,
  );
  shell(line);
  console.log(`the same line again\n${states(study)}`);
  compareWithLocal(study);
}

async function withSlurm() {
  await startSlurm();
  const study = "with slurm";
  const line = prepare(study)("slurm");
  console.log(`\nSlurm\n$ ${line}`);
  const isIdle = () => shell("squeue --noheader").trim() === "";
  shell(line);
  const killed = await killOne(study);
  await until("the queue is empty", isIdle);
  console.log(`killed the worker of ${killed} with -9; the queue is empty\n${states(study)}`);
  shell(line);
  await until("the queue is empty", isIdle);
  console.log(`the same line again\n${states(study)}`);
  compareWithLocal(study);
}

/** Starts munge and Slurm with one node, in the temporary folder. */
async function startSlurm() {
  const start = (program, ...words) =>
    started.push(spawn(program, words, { cwd: root, stdio: "ignore", env: process.env }));
  for (const name of ["munge", "state", "spool"]) mkdirSync(at(name), { mode: 0o755 });
  writeFileSync(at("munge/key"), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o600 });
  const of = (option, name) => `--${option}=${at("munge", name)}`;
  const places = [
    of("key-file", "key"),
    of("socket", "socket"),
    of("pid-file", "pid"),
    of("log-file", "log"),
    of("seed-file", "seed"),
  ];
  start("munged", "--foreground", "--force", ...places);
  const host = hostname();
  writeFileSync(
    at("slurm.conf"),
    [
      ...["ClusterName=engraft", `SlurmctldHost=${host}`, `SlurmUser=${process.env.USER ?? "root"}`],
      ...["SlurmctldPort=16817", "SlurmdPort=16818", `AuthInfo=socket=${at("munge/socket")}`],
      ...[`StateSaveLocation=${at("state")}`, `SlurmdSpoolDir=${at("spool")}`],
      ...[`SlurmctldPidFile=${at("slurmctld.pid")}`, `SlurmdPidFile=${at("slurmd.pid")}`],
      ...[
        "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none",
        "MpiDefault=none",
        "ReturnToService=2",
      ],
      ...["SelectType=select/cons_tres", "SelectTypeParameters=CR_CPU"],
      ...[`NodeName=${host} CPUs=2 State=UNKNOWN`, "PartitionName=all Nodes=ALL Default=YES State=UP", ""],
    ].join("\n"),
  );
  process.env.SLURM_CONF = at("slurm.conf");
  await until("munge", () => existsSync(at("munge/socket")));
  start("slurmctld", "-D", "-f", at("slurm.conf"));
  start("slurmd", "-D", "-f", at("slurm.conf"));
  await until("the node of Slurm", () => {
    try {
      return shell("sinfo --noheader --format=%T").trim() === "idle";
    } catch {
      return false;
    }
  });
}

try {
  mkdirSync(at("bin"));
  writeFileSync(at("bin/engraft"), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(at("bin/engraft"), 0o755);
  const rows = Array.from({ length: 40 }, (_, i) => [
    `good nice number ${i} fine,pos`,
    `bad awful number ${i} poor,neg`,
  ]);
  writeFileSync(at("messages.csv"), `text,label\n${rows.flat().join("\n")}\n`);
  const has = { parallel: hasPackage("parallel"), slurm: hasPackage("slurm-wlm") };
  if (has.parallel || has.slurm)
    shell(
      "engraft compare messages.csv --strategies probe,bitfit --seeds 2 --epochs 1 --threads 1 --out local",
    );
  if (has.parallel) await withParallel();
  if (has.slurm) await withSlurm();
} finally {
  for (const child of started.reverse()) {
    child.kill();
    await new Promise((done) =>
      child.exitCode === null && child.signalCode === null ? child.on("close", done) : done(),
    );
  }
  rmSync(root, { recursive: true, force: true });
}
