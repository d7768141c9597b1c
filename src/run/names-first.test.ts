/** Names are checked before the data is opened, with a suggestion for misspelt ones. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent } from "../core/events/events.js";
import { type TrainOptions, train } from "../index.js";

const refused = async (data: string, options: TrainOptions): Promise<string> =>
  train(data, { task: "auto", ...options }).then(
    () => "nothing was refused",
    (error: unknown) => (error instanceof EngraftError ? error.format() : String(error)),
  );

test("a misspelt base is refused before a picture is read", async () => {
  await inFolder(async (folder) => {
    // These would be refused if they were opened.
    await writeTree(folder, { "data/a/1.png": "no picture", "data/a/2.png": "no picture" });
    const events: EngraftEvent[] = [];
    const how = { out: join(folder, "run"), onEvent: (event: EngraftEvent) => void events.push(event) };
    expect(await refused(join(folder, "data"), { ...how, base: "vison-mini" })).toMatch(
      /^OptionError: .*"vison-mini"\n {2}help: did you mean vision-mini\? see engraft bases; /,
    );
    await writeTree(folder, { "models/resnet18.onnx": "x" });
    expect(
      await refused(join(folder, "data"), { ...how, base: join(folder, "models/resnet81.onnx") }),
    ).toContain(`help: did you mean ${folder}/models/resnet18.onnx? --base takes a name`);
    expect(events).toEqual([]);
  });
});

test("a misspelt path of data is told what was meant", async () => {
  await inFolder(async (folder) => {
    await writeTree(folder, { "demo/a/1.png": 1, "demo-texts/x.csv": "text,label\n" });
    expect(await refused(join(folder, "dem"), {})).toContain(
      `help: did you mean ${folder}/demo? give a folder`,
    );
    expect(await refused(join(folder, "nothing-like-it"), {})).toContain("help: give a folder");
  });
});
