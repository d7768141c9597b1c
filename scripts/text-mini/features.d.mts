import type { Session } from "../../src/runtime/runtime.js";

export function pooledFeatures(
  session: Pick<Session, "run">,
  texts: readonly ArrayLike<number>[],
  width: number,
  tokensAtOnce?: number,
): Promise<Float32Array>;
export function vectorFeatures(
  texts: readonly ArrayLike<number>[],
  table: Float32Array,
  width: number,
): Float32Array;
