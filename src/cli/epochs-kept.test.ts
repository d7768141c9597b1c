import { expect, test } from "vitest";
import { epochsKept } from "./epochs-kept.js";

test("which epoch is kept, and why", () => {
  const result = { epochs: 15, best_epoch: 8 };
  expect(epochsKept(result, "validation F1")).toBe("15 epochs, best epoch 8 (by validation F1)");
  expect(epochsKept({ epochs: 15, best_epoch: 15, kept: "last" }, "validation")).toBe(
    "15 epochs, the last one kept, as asked",
  );
});
