import { pause } from "../../core/pause.js";
import { statusOfStudy } from "../../studies/workers/status.js";
import { work as workOnStudy } from "../../studies/workers/work.js";
import type { Command } from "../command.js";
import { ofManyRuns } from "../many-runs.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { statusLines } from "../render/prepared-lines.js";

/** Pause between two tables of `--watch` (ms). */
const between = 2000;

/** `engraft work <study>`, or `engraft work <study> --status` */
export const work: Command<OptionsOf<"work">> = async ([study], options, { output, signal }) => {
  const { json, status, watch, index, jobs, data, threads } = options;
  if (status || watch) {
    for (;;) {
      const now = await statusOfStudy(study!);
      output.result({ ...now }, statusLines(now));
      if (!watch || signal.aborted || now.open === 0) return;
      await pause(between, signal);
    }
  }
  const result = await workOnStudy(study!, {
    ...(index !== undefined && { index }),
    ...(jobs !== undefined && { jobs }),
    ...(data !== undefined && { data }),
    ...(threads !== undefined && { threads }),
    onEvent: json ? output.onEvent : ofManyRuns(output.onEvent),
    signal,
  });
  const { trained, of } = result;
  output.result(
    { ...result },
    labelled("done", `${of} trainings have a result, ${trained} of them trained here`),
  );
};
