import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tinyBase } from "../../../test/support/fixtures.js";
import { nodePlatform } from "../../platform/node.js";
import { openTeacher } from "./open-teacher.js";

test("each class of the data has the teacher's output of that name", async () => {
  const folder = tinyBase(mkdtempSync(join(tmpdir(), "engraft-teacher-")));
  const id2label = { 0: "ant", 1: "bee", 2: "cat", 3: "dog", 4: "elk" };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ model_type: "resnet", id2label }));
  // Not its own inverse: the places of the teacher's classes in the data are [4, 0, 1, 2, 3].
  const classes = ["bee", "cat", "dog", "elk", "ant"];
  const teacher = await openTeacher(folder, classes, {
    platform: nodePlatform,
    compared: true,
    data: "ants",
  });
  expect(teacher.order).toEqual([1, 2, 3, 4, 0]);
  expect(teacher.order!.map((at) => teacher.classes![at])).toEqual(classes);
  rmSync(folder, { recursive: true });
});
