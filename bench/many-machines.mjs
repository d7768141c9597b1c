// Studies that several workers share: what trainings at the same time save, what a worker adds to a training, what kills cost, and how large a
// study may be.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare, prepareComparison, resume, statusOfStudy, work } from "../dist/index.js";
import { peakMb } from "../dist/platform/peak-memory.js";
import { openMachine } from "../dist/run/machine.js";
import { openDataAndBase } from "../dist/studies/many-runs.js";
import { workOn } from "../dist/studies/workers/work.js";
import { inNewProcess, median, print } from "./measure.mjs";

const cli = fileURLToPath(new URL("../dist/program/main.js", import.meta.url));

const options = {
  part: {
    type: "string",
    default: "all",
    choices: ["all", "jobs", "overhead", "kills", "large"],
    about: "what to measure",
  },
  pairs: { type: "number", default: 3, about: "pairs of comparisons for the gain of --jobs 2" },
  probes: { type: "number", default: 12, about: "trainings of a comparison" },
  every: { type: "number", default: 4, about: "seconds between two kills" },
  trainings: {
    type: "number",
    default: 10_000,
    about: "trainings of the large study: a multiple of 100 above 100",
  },
  workers: { type: "number", default: 100, about: "simulated workers of the large study" },
};

export const bench = {
  about: "studies that workers share: gain of --jobs, overhead, kills, memory of 10,000 trainings",
  needs: [],
  options,
  smallest: { part: "large", trainings: 20, workers: 2 },
};

export async function main({ part, pairs, probes, every, trainings, workers, json }) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-many-machines-"));
  process.env.ENGRAFT_CACHE = join(folder, "cache");
  const at = (name) => join(folder, name);
  try {
    const data = writeTexts(at("messages.csv"));
    const does = (name) => part === "all" || part === name;
    const parts = {
      jobs: () => gainOfJobs(data, at, { pairs, probes }),
      overhead: () => overheadOfWorker(data, at, { probes }),
      kills: () => withKills(data, at, { probes, every }),
      large: () => largeStudy(data, at, { trainings, workers }),
    };
    for (const [name, measure] of Object.entries(parts))
      if (does(name)) print({ part: name, ...(await measure()), load: loadavg()[0] }, json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeTexts(file) {
  const rows = Array.from({ length: 400 }, (_, i) => [
    `good nice number ${i} fine,pos`,
    `bad awful number ${i} poor,neg`,
  ]);
  writeFileSync(file, `text,label\n${rows.flat().join("\n")}\n`);
  return file;
}

const seconds = async (call) => {
  const begin = performance.now();
  await call();
  return (performance.now() - begin) / 1000;
};

/** Seconds of probes one after the other, over those of two at once; in pairs, because others use the machine too. */
async function gainOfJobs(data, at, { pairs, probes }) {
  const shared = { strategies: ["probe"], seeds: probes, threads: 1 };
  const ratios = [];
  for (let pair = 0; pair < pairs; pair++) {
    const alone = await seconds(() => compare(data, { ...shared, out: at(`alone-${pair}`) }));
    const both = await seconds(() => compare(data, { ...shared, jobs: 2, out: at(`both-${pair}`) }));
    ratios.push(alone / both);
  }
  return { gain: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/** Seconds that a worker adds to the seconds that a training records itself. */
async function overheadOfWorker(data, at, { probes }) {
  const { study } = await prepareComparison(data, {
    strategies: ["probe"],
    seeds: probes,
    threads: 1,
    out: at("overhead"),
  });
  const added = [];
  let begin = 0;
  await work(study, {
    onEvent: (event) => {
      if (event.event !== "run") return;
      if (event.state === "started") begin = performance.now();
      if (event.state === "done") added.push((performance.now() - begin) / 1000 - event.seconds);
    },
  });
  return { overhead: median(added), highest: Math.max(...added) };
}

/** Three workers, of which one is killed every few seconds and started again. */
async function withKills(data, at, { probes, every }) {
  const shared = { strategies: ["probe", "bitfit"], seeds: Math.ceil(probes / 2), epochs: 2, threads: 1 };
  await compare(data, { ...shared, out: at("local") });
  const { study } = await prepareComparison(data, { ...shared, out: at("killed") });
  let [kills, turn] = [0, 0];
  const slots = Array.from({ length: 3 }, () => ({ child: undefined, ended: undefined }));
  const start = (slot) => {
    const child = spawn(process.execPath, [cli, "work", study, "--quiet"], { stdio: "ignore" });
    slot.child = child;
    slot.ended = new Promise((done) => child.on("close", (code) => done(code ?? start(slot))));
  };
  slots.forEach(start);
  const killer = setInterval(() => {
    const { child } = slots[turn++ % slots.length];
    if (child.exitCode === null && child.kill("SIGKILL")) kills++;
  }, 1000 * every);
  let codes = slots.map(({ ended }) => ended);
  for (let open = true; open; ) {
    const ends = await Promise.all(codes);
    codes = slots.map(({ ended }) => ended);
    open = ends.some((code) => code === undefined);
  }
  clearInterval(killer);
  const { runs } = await resume(study);
  const model = (folder, run) => readFileSync(join(folder, "runs", run, "model/onnx/model.onnx"));
  const names = readdirSync(join(at("local"), "runs"));
  const left = readdirSync(study, { recursive: true }).filter((file) =>
    /\.(lock|tmp|pid|free)|clock|state/.test(file),
  );
  const different = names.filter((run) => !model(study, run).equals(model(at("local"), run)));
  return { kills, done: runs.length, of: names.length, different: different.length, left: left.length };
}

/** A study of this many trainings. Its workers write results without training, all but the first. */
async function largeStudy(data, at, { trainings, workers }) {
  const seeds = Math.min(100, Math.ceil(trainings / 2));
  const strategies = Array.from({ length: Math.ceil(trainings / seeds) }, (_, i) => `lora:r=${i + 1}`);
  const { study } = await prepareComparison(data, {
    strategies,
    seeds,
    epochs: 1,
    threads: 1,
    out: at("large"),
  });
  await work(study, { index: "0" });
  const { trainings: all } = await statusOfStudy(study);
  const machine = await openMachine();
  const template = join(study, "runs", readdirSync(join(study, "runs"))[0]);
  const read = (name) => readFileSync(join(template, name), "utf8");
  const [manifest, events, card] = [
    JSON.parse(read("run.json")),
    read("events.jsonl"),
    read("model/engraft.json"),
  ];
  const fingerprints = {};
  const simulated = { ...machine, platform: { ...machine.platform } };
  simulated.platform.runInChildProcess = async ({ input: { options: own } }) => {
    mkdirSync(join(own.out, "model"), { recursive: true });
    writeFileSync(join(own.out, "events.jsonl"), events);
    writeFileSync(join(own.out, "model/engraft.json"), card);
    const { option, seed, strategy } = own;
    fingerprints[seed] ??= openDataAndBase(machine, { data, options: manifest.options }, seed, {});
    const { fingerprint } = await fingerprints[seed];
    const its = { ...manifest, fingerprint, options: { ...manifest.options, option, seed, strategy } };
    writeFileSync(join(own.out, "run.json"), JSON.stringify(its));
  };
  const share = Math.ceil(all.length / workers);
  const shares = Array.from(
    { length: Math.ceil(all.length / share) },
    (_, i) => `${i * share}-${(i + 1) * share - 1}`,
  );
  const simulation = await seconds(() =>
    Promise.all(shares.map((index) => workOn(simulated, study, { index }))),
  );
  const here = import.meta.url;
  return {
    trainings: all.length,
    simulation_seconds: simulation,
    ...(await inNewProcess(here, measureStatus, study)),
    ...(await inNewProcess(here, measureTable, study)),
  };
}

export async function measureStatus(study) {
  const status_seconds = await seconds(() => statusOfStudy(study));
  return { status_seconds, status_mb: peakMb() };
}

export async function measureTable(study) {
  let collected = 0;
  const coordinator_seconds = await seconds(async () => {
    collected = (await resume(study)).runs.length;
  });
  return { collected, coordinator_seconds, coordinator_mb: peakMb() };
}
