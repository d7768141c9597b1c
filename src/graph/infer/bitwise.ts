import type { TensorType } from "../../core/shape.js";
import type { Bitwise } from "../ops.js";
import { type AnyContext, given, mustBe, sameType } from "./checks.js";
import { broadcast } from "./elementwise.js";
import type { InferTable } from "./infer.js";

const unsigned = ["uint8", "uint16", "uint32", "uint64"] as const;
const whole = [...unsigned, "int8", "int16", "int32", "int64"] as const;

// y = f(a, b), broadcast, of one type of integers
function pair(c: AnyContext, allowed: readonly (typeof whole)[number][]): TensorType[] {
  const a = given(c, 0, "a");
  const b = given(c, 1, "b");
  mustBe(c, "a", a, ...allowed);
  return [{ dtype: sameType(c, { a, b }), shape: broadcast(c, [a, b]) }];
}

export const bitwise: InferTable<Bitwise> = {
  BitShift: (c) => pair(c, unsigned),
  BitwiseAnd: (c) => pair(c, whole),
  BitwiseOr: (c) => pair(c, whole),
  BitwiseXor: (c) => pair(c, whole),
  BitwiseNot(c) {
    const x = given(c, 0, "x");
    mustBe(c, "x", x, ...whole);
    return [x];
  },
};
