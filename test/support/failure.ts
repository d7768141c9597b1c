import { expect } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";

/** Returns the error with which a call ends. */
export const failure = (call: Promise<unknown>): Promise<EngraftError> =>
  call.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );
