import { formatDuration } from "../../core/duration.js";
import { EngraftError, messageOf } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import { type LimitedWork, longestSilence } from "../../platform/process/limited-work.js";
import { isAddress, queueVariable } from "../../studies/queue/address.js";
import type { StuckJob } from "../../studies/queue/queue-status.js";
import { statusOfStudy } from "../../studies/workers/status.js";
import { work as workOnStudy } from "../../studies/workers/work.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import { kebab } from "../options/option-owners.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import {
  cancelledLines,
  queueLines,
  statusLines,
  stuckLines,
  submittedLines,
} from "../render/prepared-lines.js";

type Options = OptionsOf<"work">;

/** Pause between two tables of `--watch` (ms). */
const between = 2000;

/** Options of a study's folder, and options of a queue. */
const ofFolder = ["index", "watch"] as const satisfies readonly (keyof Options)[];
const ofQueue = ["store", "submit", "cancel", "allowPlaintext"] as const satisfies readonly (keyof Options)[];

/** `engraft work <study>`, or `engraft work <queue>`, each also with `--status` */
export const work: Command<Options> = async (args, options, context) => {
  const [place] = args;
  const isQueue = place === undefined || isAddress(place);
  const wrong = (isQueue ? ofFolder : ofQueue).find((name) => options[name] !== undefined);
  if (wrong !== undefined || (place === undefined && !process.env[queueVariable]))
    throw new EngraftError(
      "OptionError",
      wrong === undefined
        ? "the study is missing"
        : `--${kebab(wrong)} is for ${isQueue ? "the folder of a study" : "a queue"}`,
      { help: `give a study's folder, or the address of a queue, or set ${queueVariable}` },
    );
  return isQueue ? workWithQueue(place, options, context) : workInFolder(place, options, context);
};

/** Returns the jobs of a study that no worker of the usual queue could do; undefined if no queue is set, or it does not answer. */
const stuckJobs = async (
  study: string,
  output: Parameters<Command<Options>>[2]["output"],
): Promise<readonly StuckJob[] | undefined> => {
  if (!process.env[queueVariable]) return undefined;
  const { stuckJobsOf } = await import("../../studies/queue/queue-status.js");
  return stuckJobsOf(study).catch((error: unknown) => {
    output.note(`note       ${messageOf(error)}`);
    return undefined;
  });
};

const workInFolder = async (
  study: string,
  options: Options,
  { output, signal }: Parameters<Command<Options>>[2],
): Promise<void> => {
  const { json, status, watch, index, jobs, data, threads } = options;
  if (status || watch) {
    for (;;) {
      const now = await statusOfStudy(study);
      const stuck = await stuckJobs(study, output);
      output.result({ ...now, ...(stuck && { stuck }) }, [...statusLines(now), ...stuckLines(stuck ?? [])]);
      if (!watch || signal.aborted || now.open === 0) return;
      await pause(between, signal);
    }
  }
  const result = await workOnStudy(study, {
    ...(index !== undefined && { index }),
    ...(jobs !== undefined && { jobs }),
    ...(data !== undefined && { data }),
    ...(threads !== undefined && { threads }),
    onEvent: json ? output.onEvent : ofManyRuns(output.onEvent),
    signal,
  });
  const { trained, done, of } = result;
  output.result({ ...result }, labelled("done", `${done} of ${of} trainings, ${trained} of them here`));
};

/** Returns the limit of a worker that has jobs in hand. Its locks end without it, so the queue gives a job that blocks it to another worker. */
const blockedBy = (jobs: readonly string[]): LimitedWork | undefined => {
  if (jobs.length === 0) return undefined;
  const blocked = `blocked for ${formatDuration(longestSilence / 1000)} by the job ${jobs.join(" or ")}`;
  return { line: `${blocked}: another worker tries it in a process of its own`, silence: longestSilence };
};

const workWithQueue = async (
  queue: string | undefined,
  options: Options,
  { output, signal, limit }: Parameters<Command<Options>>[2],
): Promise<void> => {
  const { json, status, submit, cancel, store, allowPlaintext, jobs, data, threads } = options;
  const server = {
    ...(queue !== undefined && { queue }),
    ...(allowPlaintext !== undefined && { allowPlaintext }),
  };
  const listener = {
    onNotice: (message: string) => output.note(`note       ${message}`),
    onEvent: json ? output.onEvent : ofManyRuns(output.onEvent),
    signal,
  };
  if (status) {
    if (submit !== undefined)
      throw new EngraftError("OptionError", "--status shows the whole queue", { help: "leave --submit out" });
    const { statusOfQueue } = await import("../../studies/queue/queue-status.js");
    const now = await statusOfQueue(server);
    output.result({ ...now }, queueLines(now));
    return;
  }
  if (submit === undefined) {
    if (cancel)
      throw new EngraftError("OptionError", "--cancel does not know the study", {
        help: "give it with --submit STUDY",
      });
    const { workFromQueue } = await import("../../studies/queue/serve.js");
    const result = await workFromQueue({
      ...server,
      ...listener,
      onJobs: (names) => limit(blockedBy(names)),
      ...(store !== undefined && { store }),
      ...(jobs !== undefined && { jobs }),
      ...(data !== undefined && { data }),
      ...(threads !== undefined && { threads }),
    });
    output.result({ ...result }, labelled("done", `${result.trained} trainings here`));
    return;
  }
  const { cancelStudy, submitStudy } = await import("../../studies/queue/submit.js");
  if (cancel) {
    const result = await cancelStudy(submit, server);
    output.result({ ...result }, cancelledLines(result));
    return;
  }
  const result = await submitStudy(submit, { ...server, ...listener });
  output.result({ ...result }, submittedLines(result));
};
