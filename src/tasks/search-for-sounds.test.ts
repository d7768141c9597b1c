import { expect, test, vi } from "vitest";
import { toysIn } from "../../test/characterisation/toys.js";
import { inFolder } from "../../test/support/pictures.js";
import { soundsIn } from "../data/sounds/find-sounds.js";
import { inspectData } from "./inspect-data.js";

vi.mock("../data/sounds/find-sounds.js", { spy: true });

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
] as const)("%s: sounds are looked for only where some are", (name, least) =>
  inFolder(async (folder) => {
    const data = await toysIn(folder)(name);
    vi.mocked(soundsIn).mockClear();
    await inspectData(data, name === "table-classes" ? { target: "size" } : {});
    const { length } = vi.mocked(soundsIn).mock.calls;
    if (least === 0) expect(length).toBe(0);
    else expect(length).toBeGreaterThanOrEqual(least);
  }),
);
