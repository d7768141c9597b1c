import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { nodePlatform } from "./node.js";

const apart = nodePlatform.runInChildProcess!;

test("a missing module, and work that was stopped before its start, are errors", async () => {
  await expect(apart({ module: "data/none.js", input: {}, what: "the test" })).rejects.toThrow(
    /Cannot find module/,
  );
  const signal = AbortSignal.abort();
  await expect(apart({ module: "data/none.js", input: {}, what: "the test", signal })).rejects.toThrow(
    "stopped on request",
  );
});

test("errors cross with their kind, place and advice", async () => {
  const error = await apart({
    module: "data/images/open-images-child.js",
    input: { root: "/there/is/nothing", task: {} },
    what: "the look at the data",
  }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngraftError);
  expect(error).toMatchObject({
    kind: "DataError",
    message: 'there is no file or folder "/there/is/nothing"',
    help: "check the spelling of the path and the folder you are in",
  });
});
