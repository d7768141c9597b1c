import { expect, test, vi } from "vitest";
import { toysIn } from "../../test/characterisation/toys.js";
import { inFolder } from "../../test/support/pictures.js";
import { inspectData } from "./inspect-data.js";

/** Number of times that the readers of sounds were loaded: all of them import this layout. */
const loads = vi.hoisted(() => ({ readers: 0 }));
vi.mock("../data/sounds/layouts/librispeech.js", async (original) => {
  loads.readers++;
  return original();
});

// The toys without sounds come first: a module is loaded once.
test.each([
  ["pictures", 0],
  ["picture-labels", 0],
  ["picture-numbers", 0],
  ["texts", 0],
  ["text-labels", 0],
  ["sentences", 0],
  ["table-classes", 0],
  ["shape-boxes", 0],
  ["sounds", 1],
  ["sound-labels", 1],
] as const)("%s: the readers of sounds are asked only where some are", (name, readers) =>
  inFolder(async (folder) => {
    const data = await toysIn(folder)(name);
    await inspectData(data, name === "table-classes" ? { target: "size" } : {});
    expect(loads.readers).toBe(readers);
  }),
);
