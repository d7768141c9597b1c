import { EngraftError } from "../core/errors.js";
import { formatShape, formatType, type TensorType } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import type { Port } from "./runtime.js";

/** True if a tensor can be fed to a port of this type: same dtype and rank, and same size wherever one is fixed. */
function fits(value: Pick<Tensor, "dtype" | "dims">, type: TensorType): boolean {
  if (value.dtype !== type.dtype) return false;
  const { shape } = type;
  return (
    shape === undefined ||
    (shape.length === value.dims.length &&
      shape.every((d, i) => typeof d !== "number" || d === value.dims[i]))
  );
}

/**
 * Checks feeds before they reach the runtime, whose messages name neither the model nor a remedy.
 * @throws ShapeError for a missing feed, an unknown one, or one of another type
 */
export function checkFeeds(
  ports: readonly Port[],
  feeds: Readonly<Record<string, Tensor>>,
  label: string,
): void {
  const names = new Set(ports.map((p) => p.name));
  const unknown = Object.keys(feeds).filter((name) => !names.has(name));
  const missing = ports.filter((p) => !Object.hasOwn(feeds, p.name));
  if (unknown.length > 0 || missing.length > 0) {
    const problems = [
      ...missing.map((p) => `input "${p.name}" (${formatType(p.type)}) is not fed`),
      ...unknown.map((name) => `"${name}" is not an input`),
    ];
    throw new EngraftError("ShapeError", `${label}: ${problems.join("; ")}`, {
      help: `its inputs are ${describe(ports)}`,
      details: { missing: missing.map((p) => p.name), unknown },
    });
  }
  for (const port of ports) checkValue(port, feeds[port.name]!, label);
}

/** @throws ShapeError if the tensor does not fit the port */
export function checkValue(port: Port, value: Pick<Tensor, "dtype" | "dims">, label: string): void {
  if (fits(value, port.type)) return;
  const got = `${value.dtype}${formatShape(value.dims)}`;
  throw new EngraftError(
    "ShapeError",
    `${label}: input "${port.name}" is ${formatType(port.type)}, fed with ${got}`,
    {
      help:
        value.dtype === port.type.dtype
          ? "feed a tensor of the input's shape; named sizes may be any number"
          : `cast it to ${port.type.dtype} first`,
      details: { input: port.name, expected: formatType(port.type), got },
    },
  );
}

/** @throws OptionError if a fetched name is not an output */
export function checkFetches(ports: readonly Port[], fetches: readonly string[], label: string): void {
  const unknown = fetches.filter((name) => !ports.some((p) => p.name === name));
  if (unknown.length === 0) return;
  throw new EngraftError(
    "OptionError",
    `${label}: ${unknown.map((n) => `"${n}"`).join(", ")} ${unknown.length === 1 ? "is not an output" : "are not outputs"}`,
    { help: `its outputs are ${describe(ports)}`, details: { unknown } },
  );
}

/** @throws OptionError or ShapeError if the stacked feeds do not hold `count` steps */
export function checkCount(feeds: Readonly<Record<string, Tensor>>, count: number, label: string): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new EngraftError("OptionError", `${label}: cannot run ${count} steps`, {
      help: "a run makes a whole number of steps, at least 1",
    });
  }
  for (const [name, value] of Object.entries(feeds)) {
    if (value.dims[0] === count) continue;
    throw new EngraftError(
      "ShapeError",
      `${label}: feed "${name}" is ${value.dtype}${formatShape(value.dims)} for ${count} steps`,
      {
        help: `its first axis counts the steps: it must be ${count}`,
        details: { feed: name, dims: value.dims, count },
      },
    );
  }
}

/** Lists ports as `x: float32[N, 3]`, `y: int64[N]`; at most eight. */
export function describe(ports: readonly Port[]): string {
  if (ports.length === 0) return "none";
  const shown = ports.slice(0, 8).map((p) => `"${p.name}": ${formatType(p.type)}`);
  return shown.join(", ") + (ports.length > 8 ? ` and ${ports.length - 8} more` : "");
}
