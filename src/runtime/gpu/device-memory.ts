// What a GPU says that has too little memory, or cannot hold a value in one buffer.
import { EngraftError, messageOf } from "../../core/errors.js";
import { type DeviceProblem, lostDevice } from "../device.js";

/**
 * Messages of Dawn and its drivers, of the allocators of onnxruntime, and of CUDA. A buffer that could not be made is "invalid" for
 * every later use, and only the driver's own output says why.
 * @see https://github.com/microsoft/onnxruntime/issues/25195
 */
const tooLittle =
  /out of (device |host )?memory|OUT_OF_(DEVICE|HOST)_MEMORY|E_OUTOFMEMORY|failed to allocate memory|failed to create GPU buffer|bad.?alloc|allocation (failed|size too large)|\[Invalid Buffer|smaller than requested bytes/i;

/** A buffer's size and the limit, in bytes, in Dawn's words. */
const tooLarge = [
  /Buffer size \((\d+)\) exceeds the max buffer size limit \((\d+)\)/i,
  /Binding size \((\d+)\)[^.]*? is larger than the maximum (?:storage buffer )?binding size \((\d+)\)/i,
];

/** Returns the size of a buffer that a GPU refused, and its limit, in bytes; undefined if nothing says so. */
export function bufferLimitIn(words: string): { readonly bytes: number; readonly limit: number } | undefined {
  for (const pattern of tooLarge) {
    const [, bytes, limit] = pattern.exec(words) ?? [];
    if (bytes !== undefined) return { bytes: Number(bytes), limit: Number(limit) };
  }
  return undefined;
}

/** Returns the error of a GPU that was lost or has too little memory; undefined for any other error of onnxruntime. */
export function deviceErrorOf(error: unknown, label: string): EngraftError | undefined {
  if (error instanceof EngraftError) return undefined;
  const words = messageOf(error).trim().replace(/\s+/g, " ");
  const full = deviceMemoryError(label, words, error);
  if (full) return full;
  const isLost = /device (is |was )?lost|VK_ERROR_DEVICE_LOST|DEVICE_(REMOVED|HUNG|RESET)/i.test(words);
  return isLost ? lostDevice(words.slice(0, 300), "", error) : undefined;
}

/** Returns the error of a GPU that has too little memory for a model; undefined if its words do not say so. */
export function deviceMemoryError(label: string, words: string, cause?: unknown): EngraftError | undefined {
  const refused = bufferLimitIn(words);
  if (!refused && !tooLittle.test(words)) return undefined;
  return memoryError(label, words, refused, cause);
}

/**
 * Returns the error with the sizes that the driver printed: onnxruntime's answer has no limit of a buffer.
 * @param printed the driver's output so far
 */
export function withPrinted(error: EngraftError, printed: string): EngraftError {
  const refused = bufferLimitIn(printed);
  if (!refused || error.details.problem !== "memory") return error;
  return memoryError(String(error.details.label), String(error.details.onnxruntime), refused, error);
}

function memoryError(
  label: string,
  words: string,
  refused: ReturnType<typeof bufferLimitIn>,
  cause: unknown,
): EngraftError {
  const problem: DeviceProblem = refused ? "buffer" : "memory";
  const message = refused
    ? `${label}: a buffer of ${refused.bytes} bytes is larger than the GPU's limit of ${refused.limit} bytes`
    : `${label}: the GPU has not enough memory`;
  return new EngraftError("DeviceError", message, {
    help: "use a smaller batch: --batch-size 8 --accumulate 2 trains like a batch of 16; or run on the CPU: --device cpu",
    details: { problem, label, onnxruntime: words.slice(0, 2000), ...refused },
    cause,
  });
}
