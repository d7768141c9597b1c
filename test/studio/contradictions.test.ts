import { expect, test } from "vitest";
import { divideCopies } from "../../studio/engine/contradictions.js";

test("the same content in one class is a copy, in two classes a contradiction", () => {
  const samples = ["flower", "flower", "temple", "temple", "temple", "bridge"].map((name, i) => ({
    id: `${i}`,
    class: name,
  }));
  // 1 is a copy of 0, 2 is 0 in another class, and 5 is 4 in another class.
  const copies = [
    { id: "1", of: "0" },
    { id: "2", of: "0" },
    { id: "5", of: "4" },
  ];
  expect(divideCopies(copies, samples)).toEqual({
    copies: [{ id: "1", of: "0" }],
    contradictions: [
      { classes: ["flower", "temple"], samples: [["0"], ["2"]] },
      { classes: ["bridge", "temple"], samples: [["5"], ["4"]] },
    ],
  });
});
