import { expect, test } from "vitest";
import { EngraftError, type ErrorKind, errorKinds } from "./errors.js";

test("the exit code says who is at fault: the input, Engraft, the machine, or nobody", () => {
  const others: Partial<Record<ErrorKind, number>> = { InternalError: 1, MachineError: 75, Interrupted: 130 };
  for (const kind of Object.keys(errorKinds) as ErrorKind[])
    expect(new EngraftError(kind, "a sentence").exitCode, kind).toBe(others[kind] ?? 2);
});
