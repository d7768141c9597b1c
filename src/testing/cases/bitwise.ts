import { int64, tensor } from "../../core/tensor.js";
import type { Bitwise } from "../../graph/ops.js";
import { type CaseTable, ints } from "./make.js";

const bytes = (...values: number[]) => tensor("uint8", [values.length], Uint8Array.from(values));
const shifted = [bytes(1, 200, 255, 7), bytes(3, 1, 8, 0)];
const pairs = [
  { name: "int64, of either sign", inputs: [ints(5, -3, -8, 0), ints(6, 12, -5, -1)], attributes: {} },
  { name: "uint8", inputs: [bytes(0, 255, 170), bytes(255, 15, 204)], attributes: {} },
  { name: "broadcast", inputs: [int64([2, 1], [12, -7]), int64([3], [10, 3, -2])], attributes: {} },
];

export const bitwise: CaseTable<Bitwise> = {
  BitShift: [
    { name: "left, by its width too", inputs: shifted, attributes: { direction: "LEFT" } },
    { name: "right", inputs: shifted, attributes: { direction: "RIGHT" } },
    {
      name: "uint32, broadcast",
      inputs: [
        tensor("uint32", [2, 1], Uint32Array.of(1, 2 ** 31)),
        tensor("uint32", [2], Uint32Array.of(0, 4)),
      ],
      attributes: { direction: "LEFT" },
    },
  ],
  BitwiseAnd: pairs,
  BitwiseOr: pairs,
  BitwiseXor: pairs,
  BitwiseNot: [
    { name: "int64", inputs: [ints(0, 5, -3)], attributes: {} },
    { name: "uint8", inputs: [bytes(0, 5, 255)], attributes: {} },
  ],
};
