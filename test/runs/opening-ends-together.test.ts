// A run checks its data while the runtime loads. If one of them fails, the other one stops.
// @module-tag thorough

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import { EngraftError } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { gate } from "../support/gate.js";
import { inFolder, picture, platformIn } from "../support/pictures.js";

test("if the runtime cannot be opened, the parallel check of the data stops", () =>
  inFolder(async (folder) => {
    const bytes = await picture(1).png().toBuffer();
    const count = 600;
    for (const name of ["ant", "bee"]) {
      mkdirSync(join(folder, "data", name), { recursive: true });
      for (let i = 0; i < count / 2; i++) writeFileSync(join(folder, "data", name, `${i}.png`), bytes);
    }
    const platform = platformIn(folder);
    let read = 0;
    const scanning = gate();
    const pictures = {
      ...platform.pictures,
      thumbnail: async (...given: Parameters<typeof platform.pictures.thumbnail>) => {
        read++;
        scanning.open();
        return platform.pictures.thumbnail(...given);
      },
    };
    const machine = {
      ...(await openMachine()),
      platform: { ...platform, pictures },
      openRuntime: async () => {
        await scanning.opened;
        throw new EngraftError("ModelError", "no runtime here");
      },
    };
    await expect(
      trainOn(machine, join(folder, "data"), { out: join(folder, "run"), cache: false }),
    ).rejects.toThrow("no runtime here");
    const then = read;
    expect(then).toBeLessThan(count);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(read).toBe(then);
  }));
