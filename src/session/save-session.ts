import { withHead } from "../bases/heads.js";
import { writeModelFolder } from "../bases/model-folder/model-folder.js";
import { storedAs } from "../bases/weight-storage.js";
import type { WarningText } from "../core/messages/message.js";
import { baseFacts } from "../core/results/base-facts.js";
import type { ClassificationScores } from "../core/results/counts.js";
import { fingerprintsOf } from "../data/fingerprints.js";
import type { LinearClassifier } from "../methods/probe/index.js";
import { defaults } from "../options/options.js";
import { sessionCard } from "../report/cards/session-card.js";
import { exported, inputFilesOf } from "../run/exported.js";
import { usedVersions } from "../run/versions.js";
import type { SessionParts } from "./class-session.js";

/** The classifier of a session, with the samples that it learned from. */
export interface FittedModel {
  readonly head: LinearClassifier;
  readonly classes: readonly string[];
  readonly samples: readonly { readonly id: string; readonly sha256: string; readonly label: string }[];
  /** Missing: it is not scored yet. */
  readonly score?: ClassificationScores | null;
  readonly folds?: number;
  readonly reason?: WarningText | undefined;
}

/** Writes the model folder of a session. @returns its absolute path @throws OptionError if the folder is no model's; FileError */
export async function saveSession(
  { opened, task, unit, platform, runtime }: SessionParts,
  { head, classes, samples, score = null, folds = 0, reason }: FittedModel,
  folder: string,
): Promise<string> {
  const { files } = platform;
  const dir = files.resolve(folder);
  const base = baseFacts(opened.base);
  const model = withHead(opened.body, classes.length, head);
  const stored = storedAs(model, defaults.weights, opened.base.imported.storedAs);
  const versions = await usedVersions(platform, runtime);
  const lines = samples.map(({ id, sha256, label }) => JSON.stringify([id, sha256, label])).sort();
  const { fingerprint, testFingerprint } = await fingerprintsOf(platform, lines, []);
  const { licenseText } = opened.base;
  const title = files.relative(files.dirname(dir), dir);
  await writeModelFolder(platform, dir, {
    onnx: await exported({ opened }, model, stored),
    classes,
    ...inputFilesOf(opened.base),
    card: sessionCard({
      title,
      task,
      classes,
      base,
      samples: samples.length,
      unit,
      score,
      folds,
      reason,
      versions,
    }),
    engraft: {
      format: 1,
      task,
      base,
      strategy: { name: "probe", reasons: ["live session"] },
      versions,
      split: { train: samples.length, validation: 0, test: 0, seed: 0 },
      data: { fingerprint, test_fingerprint: testFingerprint },
      seed: 0,
    },
    ...(licenseText !== undefined && { license: licenseText }),
  });
  return dir;
}
