import { openMachine } from "../run/machine.js";
import type { PreparedStudy } from "../studies/many-runs.js";
import { writeKubernetesJob } from "../studies/workers/kubernetes-job.js";
import type { StudyKind } from "../studies/workers/study.js";
import type { Context } from "./command.js";
import { preparedLines } from "./render/prepared-lines.js";

/** Reports a prepared study, and writes its file for Kubernetes. */
export async function reportPrepared(
  kind: StudyKind,
  prepared: PreparedStudy,
  { output }: Pick<Context, "output">,
): Promise<void> {
  const kubernetes = await writeKubernetesJob(await openMachine(), prepared.study);
  output.result({ ...prepared, kubernetes }, preparedLines(kind, prepared, kubernetes));
}
