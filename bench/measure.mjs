// Shared code of the benchmarks: options, a new process for each measurement, medians.
import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";

// Some benchmarks load onnxruntime-node directly: it reports usage to its maker unless the environment disables that.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

/**
 * Parses options by a table: { batch: { type: "number", default: 16, about: "…" } }. Prints help and exits on --help.
 */
export function readOptions(args, command, table) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { type }]) => [
      name,
      { type: type === "boolean" ? "boolean" : "string" },
    ]),
  );
  const { values } = parseArgs({
    args,
    options: { ...options, json: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    const lines = Object.entries(table).map(
      ([name, o]) =>
        `  --${name.padEnd(14)}${o.about}${o.default === undefined ? "" : ` (default ${o.default})`}`,
    );
    console.log(`npm run bench -- ${command} [--json] [options]\n\n${lines.join("\n")}`);
    process.exit(0);
  }
  const read = { json: values.json ?? false };
  for (const [name, { type, default: fallback, choices, required }] of Object.entries(table)) {
    const given = values[name] ?? fallback;
    const value = type === "number" && given !== undefined ? Number(given) : given;
    const bad =
      (required && value === undefined) ||
      (type === "number" && value !== undefined && !(Number.isInteger(value) && value > 0)) ||
      (choices && value !== undefined && !choices.includes(value));
    if (bad) {
      const wanted = choices
        ? choices.join(" or ")
        : type === "number"
          ? "a whole number above 0"
          : "a value";
      console.error(`--${name} needs ${wanted}${given === undefined ? "" : `, got ${given}`}`);
      process.exit(2);
    }
    read[name] = value;
  }
  return read;
}

/** Runs a function of a module in a new process, so that memory and caches are clean. */
export async function inNewProcess(module, name, argument) {
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

/** The runtime in this thread: a forward pass is compared with PyTorch's, without the overhead of a worker. */
export async function localRuntime(threads) {
  const ort = await import("onnxruntime-node");
  const { LocalRuntime } = await import("../dist/runtime/ort-local.js");
  const sessionOptions = { intraOpNumThreads: threads };
  return new LocalRuntime(ort, {
    name: "onnxruntime-node",
    version: ort.env.versions.node,
    threads,
    sessionOptions,
  });
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
