import { aligned, type Code, simd } from "./wasm.js";

/** Instructions on two float64, beside those of the probe's loops on four float32. */
export const double = {
  lane2: (value: Code, lane: number): Code => [...value, ...simd(33, lane)],
  add2: (a: Code, b: Code): Code => [...a, ...b, ...simd(240)],
  subtract2: (a: Code, b: Code): Code => [...a, ...b, ...simd(241)],
  multiply2: (a: Code, b: Code): Code => [...a, ...b, ...simd(242)],
  /** One float64 in both lanes. */
  spread2: (address: Code): Code => [...address, ...simd(10, ...aligned)],
  storeDouble: (address: Code, value: Code): Code => [...address, ...value, 0x39, ...aligned],
  addDouble: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
};
