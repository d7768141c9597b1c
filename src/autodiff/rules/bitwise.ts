import type { Bitwise } from "../../graph/ops.js";
import { type Rules, zero } from "../rule.js";

const whole = "it works on the bits of integers, which have no gradient";

export const bitwise: Rules<Bitwise> = {
  BitShift: zero(whole),
  BitwiseAnd: zero(whole),
  BitwiseOr: zero(whole),
  BitwiseXor: zero(whole),
  BitwiseNot: zero(whole),
};
