// Changes files of all formats that are read, and prints how each ends: accepted, refused with a reason, or a fault. One process reads the files of a format,
// this one watches it. `npm run build` first.
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formats } from "./mutate/formats.mjs";
import { drawsOf, mutateFile, pick } from "./mutate/mutations.mjs";
import { startProgram } from "./start-program.mjs";

const { values, positionals } = startProgram(import.meta.url, {
  about: "Changes files and reads them. Exits with 1 if one ends in a fault.",
  takes: "[FORMAT …]",
  needs: [],
  options: {
    count: { type: "number", default: 1000, about: "files in all" },
    seed: { type: "number", default: 1, about: "which changes are drawn" },
    first: { type: "number", default: 0, least: 0, about: "first file, to see one again" },
    seconds: {
      type: "number",
      default: 60,
      about: "time after which a file is a hang; those of over 10 s of work are counted",
    },
    keep: { type: "string", default: "", about: "folder for files that end in a fault" },
  },
});

/** Peak of the memory of this process in MB, where Linux tells it. */
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  } catch {
    return process.memoryUsage().rss / 2 ** 20;
  }
}

/** Reads the changed files of a format, and sends how each ended. */
async function read({ name, first, last }) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-mutate-"));
  process.env.ENGRAFT_CACHE = join(folder, "cache");
  process.on("disconnect", () => process.exit());
  mkdirSync(join(folder, "files"));
  const format = await formats[name].make(join(folder, "files"));
  // A file that is refused as it is shows nothing when it is changed.
  const files = [];
  for (const [file, sound] of format.files)
    if (
      await format.try(file, sound, sound).then(
        () => true,
        () => false,
      )
    )
      files.push([file, sound]);
  if (files.length === 0) throw new Error("all of its files are refused before they are changed");
  for (let n = first; n < last; n++) {
    const draw = drawsOf(values.seed * 100_003 + n * 7919);
    const [file, sound] = pick(draw, files);
    const bytes = mutateFile(draw, file, sound);
    process.send({ begun: n });
    const used = process.cpuUsage();
    const fault = await format.try(file, bytes, sound).then(
      () => undefined,
      (error) => (error.exitCode === 2 ? "refused" : String(error?.stack ?? error)),
    );
    const { user, system } = process.cpuUsage(used);
    if (values.keep && fault !== undefined && fault !== "refused")
      writeFileSync(join(values.keep, `${name}-${values.seed}-${n}-${basename(file)}`), bytes);
    process.send({ ended: n, fault, seconds: (user + system) / 1e6, memory: peak() });
  }
  rmSync(folder, { recursive: true, force: true });
  process.disconnect();
}

/** Reads the files of a format in a process of its own. A file that hangs or ends the process is a fault, and the next ones have a new process. */
async function watch(name, count) {
  const seen = { files: 0, accepted: 0, refused: 0, slow: 0, seconds: 0, memory: 0, faults: [] };
  for (let next = values.first; next < values.first + count; )
    await new Promise((resolve) => {
      const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
      let [timer, open, said] = [undefined, false, ""];
      child.stderr.on("data", (text) => {
        said = `${said}${text}`.slice(-500);
      });
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => child.kill("SIGKILL"), 1000 * values.seconds);
      };
      child.on("message", ({ begun, ended, fault, seconds, memory }) => {
        wait();
        open = begun !== undefined;
        if (open) return;
        next = ended + 1;
        seen.files++;
        if (fault === undefined) seen.accepted++;
        else if (fault === "refused") seen.refused++;
        else seen.faults.push(`${name} ${ended}: ${fault}`);
        if (seconds > 10) seen.slow++;
        seen.seconds = Math.max(seen.seconds, seconds);
        seen.memory = Math.max(seen.memory, memory);
      });
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        if (!open && next < values.first + count && code !== 0)
          throw new Error(`${name} does not start: ${said}`);
        if (open) {
          seen.files++;
          seen.faults.push(`${name} ${next}: ${signal ? `hangs (${signal})` : `exit code ${code}`} ${said}`);
          next++;
        }
        resolve();
      });
      child.send({ name, first: next, last: values.first + count });
    });
  return seen;
}

if (process.send) process.once("message", read);
else {
  if (values.keep) mkdirSync(values.keep, { recursive: true });
  const names = positionals.length > 0 ? positionals : Object.keys(formats);
  const shares = names.reduce((sum, name) => sum + formats[name].share, 0);
  const faults = [];
  console.log(
    "| format | files | accepted | refused | faults | over 10 s | longest, s of work | memory, MB |\n|---|---|---|---|---|---|---|---|",
  );
  for (const name of names) {
    const seen = await watch(name, Math.max(1, Math.round((values.count * formats[name].share) / shares)));
    faults.push(...seen.faults);
    const { files, accepted, refused, slow, seconds, memory } = seen;
    console.log(
      `| ${[name, files, accepted, refused, seen.faults.length, slow, seconds.toFixed(1), Math.round(memory)].join(" | ")} |`,
    );
  }
  for (const fault of faults) console.log(fault.slice(0, 600));
  if (faults.length > 0) process.exitCode = 1;
}
