// Shared code of the benchmarks: a new process for each measurement, medians.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a function that a module exports in a new process, so that memory and caches are clean. */
export async function inNewProcess(module, { name }, argument) {
  const source = `const m = await import(${JSON.stringify(module)});
    process.stdout.write(JSON.stringify(await m[${JSON.stringify(name)}](${JSON.stringify(argument)})));`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", source]);
    return JSON.parse(stdout);
  } catch (error) {
    console.error(`${name} failed:\n${error.stderr ?? error}`);
    return process.exit(1);
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Settings of {@link time} for a smallest run. */
export const once = { warm: 0, least: 1, seconds: 0 };

/** Milliseconds per call: the median of at least `least` calls for about `seconds`, after `warm` unmeasured ones. */
export async function time(call, { warm = 2, least = 5, seconds = 3 } = {}) {
  for (let i = 0; i < warm; i++) await call();
  const times = [];
  const begin = performance.now();
  while (times.length < least || performance.now() - begin < 1000 * seconds) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Milliseconds of processor time per call: other programs on the machine hardly change it. For work on one thread. */
export async function processorTime(call, { warm = 20, calls = 100 } = {}) {
  for (let i = 0; i < warm; i++) await call();
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / calls;
}

/** Peak resident memory of this process, MB. */
export function peakMemory() {
  return process.resourceUsage().maxRSS / 1024;
}

export function print(result, json) {
  const rounded = Object.fromEntries(
    Object.entries(result).map(([name, value]) => [
      name,
      typeof value === "number" ? Math.round(value * 1000) / 1000 : value,
    ]),
  );
  if (json) console.log(JSON.stringify(rounded));
  else for (const [name, value] of Object.entries(rounded)) console.log(`${name.padEnd(20)}${value}`);
}
