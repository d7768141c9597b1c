import { withHead } from "../bases/heads.js";
import { writeModelFolder } from "../bases/model-folder/model-folder.js";
import { samplePartsFile, samplePartsOf } from "../bases/model-folder/sample-parts.js";
import { storedAs } from "../bases/weight-storage.js";
import { EngraftError } from "../core/errors.js";
import { baseFacts } from "../core/results/base-facts.js";
import { fingerprintsOf } from "../data/fingerprints.js";
import type { LinearClassifier } from "../methods/probe/index.js";
import { defaults } from "../options/options.js";
import { requireOwnOutput } from "../platform/disk/write-output.js";
import type { Files } from "../platform/platform.js";
import { classifierUsage } from "../report/cards/card-usage.js";
import { percent, percentRange } from "../report/charts/numbers.js";
import { baseLine, escapeMarkdown, licenceSection, versionsLine } from "../report/markdown.js";
import { cardHead, cardText, cardUse } from "../report/sheet/sheet-card.js";
import { exported, inputFilesOf } from "../run/exported.js";
import { usedVersions } from "../run/versions.js";
import type { SessionFit } from "./live-session.js";
import type { SessionFeatures } from "./session-features.js";

/** The classifier of a session, with the samples that it learned from, and its score. */
export interface FittedModel extends Pick<SessionFit, "score" | "folds" | "reason" | "notes"> {
  readonly head: LinearClassifier;
  readonly classes: readonly string[];
  readonly samples: readonly {
    readonly id: string;
    readonly sha256: string;
    readonly copyHash?: string;
    readonly label: string;
  }[];
}

/**
 * Writes the model of a session into `model/` of a folder, and the list of its training samples into the folder, as a run does.
 * @returns absolute path of the model folder
 * @throws OptionError for a folder with other files; FileError
 */
export async function saveSession(
  { opened, task, unit, platform, runtime, learnt }: SessionFeatures,
  fitted: FittedModel,
  folder: string,
): Promise<string> {
  const { head, classes, samples } = fitted;
  const { files } = platform;
  const dir = files.resolve(folder);
  await requireOwnFolder(files, dir);
  const place = files.join(dir, "model");
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
  await writeModelFolder(platform, place, {
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
    // Without those of the base, an evaluation would take learnt samples for new ones.
    ...(learnt && {
      samples: {
        ...learnt,
        ...samplePartsOf(samples.map((one) => ({ ...one, part: "train" as const }))),
      },
    }),
  });
  return place;
}

/** @throws OptionError for a file, and for a folder with anything but a saved session */
async function requireOwnFolder(files: Files, dir: string): Promise<void> {
  const there = await files.stat(dir);
  if (there === undefined) return;
  const names = there.kind === "folder" ? (await files.list(dir)).map(({ name }) => name) : [""];
  if (names.some((name) => name !== "model" && name !== samplePartsFile))
    throw new EngraftError("OptionError", `"${dir}" is there already, and it is no saved session`, {
      help: "give the path of a new folder, or move this one away",
    });
  await requireOwnOutput(files, files.join(dir, samplePartsFile), "samples", "save");
}

/** Returns the sentence of a card about the score. */
function resultText({ score, folds, reason, notes }: FittedModel, unit: string): string {
  if (score === null) return `It was not scored: ${escapeMarkdown(reason!.message)}.`;
  const groups = score.groups === undefined ? "" : ` in ${score.groups} groups`;
  const few = score.few_groups ? ` ${score.groups} groups are too few for an interval.` : "";
  const limits = notes.map(
    ({ message }) => `\n\n${escapeMarkdown(`${message[0]!.toUpperCase()}${message.slice(1)}.`)}`,
  );
  return `Accuracy **${percent(score.accuracy)}** (95 % confidence interval ${percentRange(score.accuracy_ci95)}), by cross-validation with ${folds} folds on ${score.n} ${unit}${groups}.
A classifier that did not learn from a fold predicted it. No other test set was scored.${few}${limits.join("")}`;
}
