#!/usr/bin/env node
// The program: runs the command line, and ends the process with its exit status.
import type { EngraftError } from "../core/errors.js";
import { engraftVersion } from "../core/version.js";
import { runCommandLine } from "./command-line.js";
import { asEngraftError, errorEvent, withReport } from "./failure.js";
import { shown } from "./terminal-text.js";

/** Exits after all output is written; running worker threads are not waited for. */
function leave(code: number): void {
  process.exitCode = code;
  const flush = (stream: NodeJS.WriteStream, then: () => void) => {
    if (stream.destroyed || stream.writableLength === 0) then();
    else stream.write("", then);
  };
  flush(process.stdout, () => flush(process.stderr, () => process.exit(code)));
}

process.on("uncaughtException", (thrown) => {
  const argv = process.argv.slice(2);
  void withReport(asEngraftError(thrown), argv, engraftVersion).then((error: EngraftError) => {
    if (argv.includes("--json")) process.stdout.write(`${JSON.stringify(errorEvent(error))}\n`);
    for (const line of error.format().split("\n")) process.stderr.write(`${shown(line)}\n`);
    leave(error.exitCode);
  });
});

leave(await runCommandLine(process.argv.slice(2)));
