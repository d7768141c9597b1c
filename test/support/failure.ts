import { expect } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";

/** Matches an error with a text in its message, or with these details. */
export const errorWith = (expected: string | Readonly<Record<string, unknown>>): unknown =>
  expect.objectContaining(
    typeof expected === "string"
      ? { message: expect.stringContaining(expected) }
      : { details: expect.objectContaining(expected) },
  );

/** Returns the error with which a call ends. */
export const failure = (call: Promise<unknown>): Promise<EngraftError> =>
  call.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );
