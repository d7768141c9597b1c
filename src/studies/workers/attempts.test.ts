import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder } from "../../../test/support/pictures.js";
import { nodePlatform } from "../../platform/node.js";
import { finalFailure, mostAttempts, recordAttempt } from "./attempts.js";

const attempt = (kind: "InternalError" | "DataError") => ({
  ...{ kind, message: "it failed", host: "one", at: "2026-01-01" },
});

test("a training that fails for an unknown reason is started as often as allowed, and no more", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    for (let failed = 1; failed <= mostAttempts; failed++) {
      expect(await finalFailure(nodePlatform, run)).toBeUndefined();
      await recordAttempt(nodePlatform, run, attempt("InternalError"));
    }
    expect(await finalFailure(nodePlatform, run)).toEqual(attempt("InternalError"));
  }));

test("a training whose data are at fault is not started again", () =>
  inFolder(async (folder) => {
    const run = join(folder, "run");
    await recordAttempt(nodePlatform, run, attempt("DataError"));
    expect(await finalFailure(nodePlatform, run)).toEqual(attempt("DataError"));
  }));
