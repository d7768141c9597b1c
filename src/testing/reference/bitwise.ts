import type { DType } from "../../core/dtype.js";
import type { Bitwise } from "../../graph/ops.js";
import { given } from "./arrays.js";
import { map, zip } from "./elementwise.js";
import type { ReferenceContext, ReferenceTable, RefTensor } from "./reference.js";

// A float64 holds 53 of 64 bits exactly: operands and results beyond 2^53 are rounded.
const whole = (x: number): bigint => BigInt(Math.trunc(x));

/** y = f(a, b) on the bits of two integers of any width. */
function pair(c: ReferenceContext<keyof Bitwise>, f: (a: bigint, b: bigint) => bigint): RefTensor[] {
  const { dtype } = given(c, 0);
  const wide = widthOf(dtype);
  const held = (v: bigint): bigint =>
    dtype.startsWith("u") ? BigInt.asUintN(wide, v) : BigInt.asIntN(wide, v);
  return zip(c, (a, b) => Number(held(f(whole(a), whole(b)))));
}
function widthOf(dtype: DType): number {
  return Number(dtype.replace(/^u?int/, ""));
}

export const bitwise: ReferenceTable<Bitwise> = {
  // A shift by the width or more gives 0.
  BitShift(c) {
    const left = c.attributes.direction === "LEFT";
    const wide = BigInt(widthOf(given(c, 0).dtype));
    return pair(c, (a, by) => (by >= wide ? 0n : left ? a << by : a >> by));
  },
  BitwiseAnd: (c) => pair(c, (a, b) => a & b),
  BitwiseOr: (c) => pair(c, (a, b) => a | b),
  BitwiseXor: (c) => pair(c, (a, b) => a ^ b),
  // In two's complement ~x = -x - 1; an unsigned type wraps it around.
  BitwiseNot(c) {
    const { dtype } = given(c, 0);
    const most = 2 ** widthOf(dtype) - 1;
    return map(c, (x) => (dtype.startsWith("u") ? most - x : -x - 1));
  },
};
