// Disables the usage reports of onnxruntime-node. Only this file and its neighbours import `node:` modules.
import { isMainThread } from "node:worker_threads";
import { EngraftError } from "../core/errors.js";

/**
 * Environment variable that onnxruntime-node reads when its first session is made. From version 1.29 on it reports
 * usage to its maker unless the value is `1` or `true`.
 */
export const telemetrySwitch = "ORT_DISABLE_TELEMETRY";

/** Longest wait for the main thread, ms. It answers within a second even while it is blocked in native code. */
const answerWithin = 5000;

/**
 * Disables onnxruntime-node's usage reports for this process. A value that the user set, even `0`, is kept. Call it
 * before onnxruntime-node is loaded: the native library reads the variable once.
 * @throws RunError if a worker thread cannot reach the environment of its process
 */
export async function disableTelemetry(): Promise<void> {
  process.env[telemetrySwitch] ??= "1";
  // A worker thread has a copy of `process.env`, which native code does not see.
  if (!isMainThread) await setInMainThread(process.env[telemetrySwitch]);
}

/** Sets the variable of the process, if it has none, from a worker thread. */
async function setInMainThread(value: string): Promise<void> {
  // A waiting inspector session does not keep its thread alive. The timer does, and is also the time limit.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerWithin} ms`)), answerWithin);
  });
  try {
    const { Session } = await import("node:inspector/promises");
    const session = new Session();
    session.connectToMainThread();
    const expression = `process.env.${telemetrySwitch} ??= ${JSON.stringify(value)}`;
    await Promise.race([session.post("Runtime.evaluate", { expression }), late]);
    session.disconnect();
  } catch (error) {
    throw new EngraftError(
      "RunError",
      `onnxruntime's usage reports cannot be turned off from this worker thread: ${(error as Error).message}`,
      { help: `start Node with ${telemetrySwitch}=1 in its environment`, cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}
