import type { Tensor } from "../core/tensor.js";
import type { Session } from "./runtime.js";

/** Runs a session with one input, and returns its first output. */
export async function firstOutput(session: Session, x: Tensor): Promise<Float32Array> {
  const outputs = await session.run({ [session.inputs[0]!.name]: x });
  return Object.values(outputs)[0]!.data as Float32Array;
}
