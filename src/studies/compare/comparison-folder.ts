import type { ComparedEntry, ComparisonResult } from "../../core/results/comparison.js";
import { type FolderKind, ManifestFolder, sharedTypes } from "../../run/folder/manifest-folder.js";
import type { manifestFormat } from "../../run/folder/run-manifest.js";
import { fields, is, list, maybe, oneOf, whole } from "../../run/folder/wrong-field.js";
import type { SharedByRuns } from "../many-runs.js";
import type { Fingerprints } from "../same-data.js";

/** Content of `comparison.json`: entries, options, and finally the table. */
export interface ComparisonManifest extends SharedByRuns, Fingerprints {
  readonly format: typeof manifestFormat;
  /** `incomplete`: all trainings ran, and at least one failed. */
  readonly status: "running" | "incomplete" | "done";
  readonly entries: readonly ComparedEntry[];
  readonly seeds: readonly number[];
  readonly baseline: string;
  /** Trainings at once. */
  readonly jobs?: number;
  readonly started: string;
  /** Number of interim analyses: tables with a decision before seeds or strategies were added. */
  readonly earlier_looks?: number;
  readonly result?: ComparisonResult;
}

const text = is("string");
const side = maybe(is("object"));

/** A comparison on disk. */
export class ComparisonFolder extends ManifestFolder<ComparisonManifest> {
  static readonly kind: FolderKind<ComparisonManifest> = {
    file: "comparison.json",
    what: "comparison",
    resume: "engraft compare --resume",
    types: {
      ...sharedTypes,
      status: oneOf("running", "incomplete", "done"),
      entries: list(
        fields({ label: text, strategy: text, option: maybe(is("object")), augment: maybe(text) }),
        1,
      ),
      baseline: text,
      jobs: maybe(is("number")),
      earlier_looks: maybe(whole),
      result: maybe(
        fields({ look: maybe(whole), rows: list(fields({ to_winner: side, to_baseline: side })) }),
      ),
    },
  };

  /** Returns the folder of a run, such as `runs/last-n-last-2-seed-0`. Each label has its own folders. */
  runPath(label: string, seed: number): string {
    const plain = (text: string): string => text.replace(/[^\p{L}\p{N}._-]+/gu, "-");
    const before = this.manifest.entries
      .slice(
        0,
        this.manifest.entries.findIndex((entry) => entry.label === label),
      )
      .filter((entry) => plain(entry.label) === plain(label)).length;
    return this.file("runs", `${plain(label)}${before > 0 ? `-${before + 1}` : ""}-seed-${seed}`);
  }
}
