import { EngraftError } from "../core/errors.js";
import { engraftVersion } from "../core/version.js";
import { watchSignals } from "../platform/process/watch-signals-node.js";
import type { Context } from "./command.js";
import { asEngraftError, errorEvent, withReport } from "./failure.js";
import { commandHelp, programHelp } from "./options/help.js";
import { withFlags, withOwners } from "./options/option-owners.js";
import type { CommandName } from "./options/options.js";
import { type Parsed, parse } from "./options/parse.js";
import { Output, processTerminal, type Terminal } from "./output.js";

// Each command is loaded only if it is called: the runtime, the image decoder and the hub are heavy.
async function run(parsed: Parsed & { kind: "command" }, context: Context): Promise<void> {
  const { args } = parsed;
  switch (parsed.command) {
    case "train":
      return (await import("./commands/train.js")).train(args, parsed.options, context);
    case "distill":
      return (await import("./commands/distill.js")).distill(args, parsed.options, context);
    case "multi-task":
      return (await import("./commands/multi-task.js")).multiTask(args, parsed.options, context);
    case "compare":
      return (await import("./commands/compare.js")).compare(args, parsed.options, context);
    case "diagnose":
      return (await import("./commands/diagnose.js")).diagnose(args, parsed.options, context);
    case "curve":
      return (await import("./commands/curve.js")).curve(args, parsed.options, context);
    case "work":
      return (await import("./commands/work.js")).work(args, parsed.options, context);
    case "eval":
      return (await import("./commands/eval.js")).evaluate(args, parsed.options, context);
    case "predict":
      return (await import("./commands/predict/predict.js")).predict(args, parsed.options, context);
    case "explain":
      return (await import("./commands/explain.js")).explain(args, parsed.options, context);
    case "inspect":
      return (await import("./commands/inspect.js")).inspect(args, parsed.options, context);
    case "rank":
      return (await import("./commands/rank.js")).rank(args, parsed.options, context);
    case "federate":
      return (await import("./commands/extend.js")).federate(args, parsed.options, context);
    case "devices":
      return (await import("./commands/devices.js")).devices(args, parsed.options, context);
    case "bases":
      return (await import("./commands/bases.js")).bases(args, parsed.options, context);
    case "cache":
      return (await import("./commands/cache.js")).cache(args, parsed.options, context);
    case "features":
      return (await import("./commands/cache.js")).features(args, parsed.options, context);
    case "report":
      return (await import("./commands/report.js")).report(args, parsed.options, context);
    case "studio":
      return (await import("./commands/studio.js")).studio(args, parsed.options, context);
    case "export":
      return (await import("./commands/export.js")).exportModel(args, parsed.options, context);
    case "push":
      return (await import("./commands/push.js")).push(args, parsed.options, context);
    case "adapt":
      return (await import("./commands/adapt.js")).adapt(args, parsed.options, context);
    case "sums":
      return (await import("./commands/extend.js")).sums(args, parsed.options, context);
    case "extend":
      return (await import("./commands/extend.js")).extend(args, parsed.options, context);
    case "pretrain":
      return (await import("./commands/pretrain.js")).pretrain(args, parsed.options, context);
  }
}

/** Warns if the native runtime is not installed, with the command that installs it. */
async function warnOfSlowRuntime(output: Output): Promise<void> {
  const { findOrtPackage, wasmWarning } = await import("../runtime/ort-node-package.js");
  const found = findOrtPackage();
  if (found.problem !== undefined)
    output.onEvent({ event: "warning", code: "runtime", message: wasmWarning(found) });
}

/** Commands that only print: they succeed if the reader of stdout leaves. Every other command then stops with unfinished work. */
const onlyPrints: ReadonlySet<string> = new Set<CommandName>([
  "eval",
  "predict",
  "explain",
  "inspect",
  "rank",
  "federate",
  "devices",
  "bases",
  "cache",
  "report",
  "studio",
]);

/**
 * Runs a command line. It prints errors too, and does not end the process.
 *
 * @param argv the words after `engraft`
 * @param openTerminal where it prints. Default: the process's own streams
 * @returns the exit status
 */
export async function runCommandLine(
  argv: readonly string[],
  openTerminal: (onClosed: () => void) => Terminal = processTerminal,
): Promise<number> {
  // The arguments are not parsed yet, but `--json` must also format their errors.
  const json = argv.includes("--json");
  let output: Output | undefined;
  const stopper = stopOnSignals(() => {
    const saving =
      {
        report: "the run goes on by itself",
        studio: "started trainings go on",
        push: "what arrived is not sent again",
        sums: "nothing is written",
        federate: "nothing is written",
        features: "what is computed stays in the cache",
      }[argv[0] ?? ""] ?? "saving the state";
    output?.note(`stopping    ${saving}; Ctrl-C once more stops at once`);
  });
  let readerGone = false;
  const terminal = openTerminal(() => {
    readerGone = true;
    stopper.stop();
  });
  output = new Output(terminal, {
    command: argv[0],
    json,
    quiet: argv.includes("--quiet"),
    verbose: argv.includes("--verbose"),
  });
  if (terminal.moves) process.on("exit", () => terminal.err("\u001b[?25h"));
  try {
    const parsed = parse(argv);
    if (parsed.kind === "help")
      output.help(parsed.command ? commandHelp(parsed.command, parsed.topic) : programHelp(engraftVersion));
    else if (parsed.kind === "version") terminal.out(`${engraftVersion}\n`);
    // The first command after an installation says if the fast runtime is missing; a run says it itself.
    if (parsed.kind === "version" || (parsed.kind === "help" && !parsed.command))
      await warnOfSlowRuntime(output);
    if (parsed.kind === "command") {
      await Promise.all([output.prepare(), stopper.watch()]);
      await run(parsed, { output, signal: stopper.signal, limit: stopper.limit });
    }
    return 0;
  } catch (thrown) {
    let error = asEngraftError(thrown);
    // A closed reader, as in `engraft predict … | head -1`, is no error; a run that was stopped is one.
    if (readerGone && error.kind === "Interrupted" && onlyPrints.has(argv[0] ?? "")) return 0;
    error = inWordsOf(argv[0] ?? "", error);
    if (error.exitCode === 1) error = await withReport(error, argv, engraftVersion);
    output.failure(errorEvent(error), error.format());
    return error.exitCode;
  } finally {
    output.stop();
    stopper.release();
  }
}

/** Returns an error whose sentences name options as the command line does. */
function inWordsOf(command: string, error: EngraftError): EngraftError {
  const { kind, at, details } = error;
  const message = withFlags(command, error.message, details.option);
  const help = error.help && withOwners(command, withFlags(command, error.help));
  if (message === error.message && help === error.help) return error;
  return new EngraftError(kind, message, { at, help, details, cause: error });
}

/** Signal that stops a command. */
interface Stopper {
  readonly signal: AbortSignal;
  stop(): void;
  /** From now on, a command that does not answer is ended. */
  watch(): Promise<void>;
  readonly limit: Context["limit"];
  /** Removes the handlers. */
  release(): void;
}

/**
 * Handles Ctrl-C. Once: the command saves its state and stops. Twice: the process ends at once.
 * @param onFirst prints a note for the user
 */
function stopOnSignals(onFirst: () => void): Stopper {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(130);
    onFirst();
    controller.abort();
  };
  const signals = watchSignals(["SIGINT", "SIGTERM", "SIGHUP"], handle);
  // If a file exceeds the limit of the shell (ulimit -f), the write fails instead of the process.
  const letBe = () => undefined;
  process.on("SIGXFSZ" as NodeJS.Signals, letBe);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    watch: signals.watch,
    limit: signals.limit,
    release: () => {
      signals.release();
      process.off("SIGXFSZ", letBe);
    },
  };
}
