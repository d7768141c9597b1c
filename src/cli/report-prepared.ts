import { engraftVersion } from "../core/version.js";
import { shellWord } from "../run/command-line.js";
import { sharedRoot } from "../run/folder/moved-study.js";
import { type Machine, openMachine } from "../run/machine.js";
import type { PreparedStudy } from "../studies/many-runs.js";
import { openStudy, type StudyKind } from "../studies/workers/study.js";
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

/** Pods at once, and starts of a training that fails for an unknown reason, besides the first. */
const [atOnce, retries] = [8, 2];

/**
 * Writes an Indexed Job of Kubernetes that does a prepared study: one index for each training. The volume holds study and data, at
 * the paths that they have here.
 * @returns the path of the file: `kubernetes.yaml` in the study
 */
async function writeKubernetesJob(machine: Machine, folder: string): Promise<string> {
  const { files } = machine.platform;
  const {
    path,
    folder: { manifest },
    trainings,
  } = await openStudy(machine, folder);
  const { stringify } = await import("yaml");
  const worker = `npx --yes engraft@${engraftVersion} work ${shellWord(path)} --index "$JOB_COMPLETION_INDEX"`;
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { generateName: "engraft-" },
    spec: {
      completionMode: "Indexed",
      completions: trainings.length,
      parallelism: Math.min(atOnce, trainings.length),
      backoffLimitPerIndex: retries,
      podFailurePolicy: {
        rules: [
          { action: "FailIndex", onExitCodes: { containerName: "worker", operator: "In", values: [2] } },
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "worker",
              image: "node:22",
              command: ["sh", "-c", worker],
              resources: { requests: { cpu: String(manifest.threads), memory: "4Gi" } },
              volumeMounts: [{ name: "study", mountPath: sharedRoot(files, path, manifest.data) ?? path }],
            },
          ],
          volumes: [{ name: "study", persistentVolumeClaim: { claimName: "engraft" } }],
        },
      },
    },
  };
  const head =
    "# kubectl create -f kubernetes.yaml, with the name of your volume and the memory of a training.\n" +
    "# Exit code 2 ends an index: the training is wrong. Other codes start it again, also on another node.\n";
  const file = files.join(path, "kubernetes.yaml");
  await files.writeAtomic(file, head + stringify(job, { lineWidth: 0 }));
  return file;
}
