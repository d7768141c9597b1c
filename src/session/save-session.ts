import { withHead } from "../bases/heads.js";
import { writeModelFolder } from "../bases/model-folder/model-folder.js";
import { storedAs } from "../bases/weight-storage.js";
import { baseFacts } from "../core/results/base-facts.js";
import { fingerprintsOf } from "../data/fingerprints.js";
import type { LinearClassifier } from "../methods/probe/index.js";
import { defaults } from "../options/options.js";
import { classifierUsage } from "../report/cards/card-usage.js";
import { percent, percentRange } from "../report/charts/numbers.js";
import { baseLine, escapeMarkdown, licenceSection, versionsLine } from "../report/markdown.js";
import { cardHead, cardText, cardUse } from "../report/sheet/sheet-card.js";
import { exported, inputFilesOf } from "../run/exported.js";
import { usedVersions } from "../run/versions.js";
import type { SessionFit } from "./live-session.js";
import type { SessionFeatures } from "./session-features.js";

/** The classifier of a session, with the samples that it learned from, and its score. */
export interface FittedModel extends Pick<SessionFit, "score" | "folds" | "reason"> {
  readonly head: LinearClassifier;
  readonly classes: readonly string[];
  readonly samples: readonly { readonly id: string; readonly sha256: string; readonly label: string }[];
}

/** Writes the model folder of a session. @returns its absolute path @throws OptionError for a folder with other files; FileError */
export async function saveSession(
  { opened, task, unit, platform, runtime }: SessionFeatures,
  fitted: FittedModel,
  folder: string,
): Promise<string> {
  const { head, classes, samples } = fitted;
  const { files } = platform;
  const dir = files.resolve(folder);
  const base = baseFacts(opened.base);
  const model = withHead(opened.body, classes.length, head);
  const stored = storedAs(model, defaults.weights, opened.base.imported.storedAs);
  const versions = await usedVersions(platform, runtime);
  const lines = samples.map(({ id, sha256, label }) => JSON.stringify([id, sha256, label])).sort();
  const { fingerprint, testFingerprint } = await fingerprintsOf(platform, lines, []);
  const { licenseText } = opened.base;
  const usage = classifierUsage({ task, classes, base, strategy: "probe" });
  const card = `${cardHead(usage, base)}

# ${escapeMarkdown(files.relative(files.dirname(dir), dir))}

${cardText(usage.does)}

## Results

${resultText(fitted, unit)}

${cardUse(usage)}## How it was made

${baseLine(base)}
- Made in a live session: a linear probe on ${samples.length} ${unit}
${versionsLine(versions)}

${licenceSection(base, unit)}
`;
  await writeModelFolder(platform, dir, {
    onnx: await exported({ opened }, model, stored),
    classes,
    ...inputFilesOf(opened.base),
    card,
    engraft: {
      format: 1,
      ...{ task, base, versions, seed: 0 },
      strategy: { name: "probe", reasons: ["live session"] },
      split: { train: samples.length, validation: 0, test: 0, seed: 0 },
      data: { fingerprint, test_fingerprint: testFingerprint },
    },
    ...(licenseText !== undefined && { license: licenseText }),
  });
  return dir;
}

/** Returns what a card says of the score. */
function resultText({ score, folds, reason }: FittedModel, unit: string): string {
  if (score === null) return `It was not scored: ${escapeMarkdown(reason!.message)}.`;
  const groups = score.groups === undefined ? "" : ` in ${score.groups} groups`;
  return `Accuracy **${percent(score.accuracy)}** (95 % confidence interval ${percentRange(score.accuracy_ci95)}), by cross-validation with ${folds} folds on ${score.n} ${unit}${groups}.
A classifier that did not learn from a fold predicted it. No other test set was scored.`;
}
