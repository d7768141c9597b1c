import { bodyOf } from "../../bases/body.js";
import type { LinearHead } from "../../bases/heads.js";
import { withWeights } from "../../bases/heads.js";
import { moveWeights } from "../../bases/init-from.js";
import { readLabels } from "../../bases/model-folder/model-folder.js";
import { type OldHead, oldHeadOf, withOldRows } from "../../bases/old-head.js";
import { requireOneInput } from "../../bases/one-input.js";
import { locateBase } from "../../bases/open/locate.js";
import { modelSha256, openModelFile } from "../../bases/open/open-base.js";
import { readJson } from "../../bases/open/read-json.js";
import { EngraftError } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import { type Message, message } from "../../core/messages/message.js";
import type { InitReport } from "../../core/results/task.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenedBase } from "../setup.js";

/** A base, which may have weights of another model. */
export interface Initialised {
  readonly opened: OpenedBase;
  /** The source of the weights. */
  readonly from?: { readonly name: string; readonly sha256: string };
}

/**
 * Applies `initFrom` and `initHead`: weights of another model in the base, and the classifier whose rows may be reused
 * (that model's, else the base's own).
 * @throws ModelError if nothing fits, OptionError if there is no classifier with reusable rows
 */
export async function initialise(
  opened: OpenedBase,
  options: RecipeOptions,
  platform: Platform,
  onEvent: OnWork,
): Promise<Initialised> {
  const { initFrom, initHead } = options;
  if (initFrom === undefined && initHead !== "reuse") return { opened };
  const { base, body } = opened;
  if (base.joined && initFrom === undefined)
    throw new EngraftError("OptionError", "joined bases have no classifier whose rows could be used again", {
      help: "leave --init-head out, or give one base",
    });
  const located = await locateBase(initFrom ?? options.base ?? base.name, { platform });
  const labels =
    located.config === undefined
      ? located.labels
      : labelsOf(await readJson(platform, located.config), located.config);
  let initialised = opened;
  let init: InitReport = { from: base.name, matched: 0, parameters: 0, adapted: [], skipped: [] };
  let source = base.imported.graph;
  let from: Initialised["from"];
  if (initFrom !== undefined) {
    const file = await openModelFile(located.onnx, platform);
    source = file.imported.graph;
    if (!base.joined) requireOneInput(source, located.name);
    const { weights, ...report } = moveWeights(source, body.graph, initFrom);
    const graph = withWeights(base.imported.graph, weights);
    // The key of cached features: with other weights it is another base.
    from = { name: located.name, sha256: await modelSha256(file, platform) };
    const sha256 = await platform.sha256(`${base.sha256} ${from.sha256}`);
    initialised = {
      ...opened,
      base: { ...base, sha256, imported: { ...base.imported, graph } },
      body: { ...body, graph: withWeights(body.graph, weights) },
    };
    init = { from: initFrom, ...report };
    onEvent({ event: "init", ...init });
  }
  const oldHead = initHead === "reuse" && labels ? headOf(source, initialised, labels) : undefined;
  if (initHead === "reuse" && !oldHead)
    throw new EngraftError(
      "OptionError",
      `there is no classifier in ${located.name} whose rows could be used again`,
      {
        at: labels
          ? "its scores do not come from one linear layer on the features"
          : "it has no config.json with the names of its classes",
        help: "leave --init-head out: the head then begins with the probe's solution",
      },
    );
  return { opened: { ...initialised, init, oldHead }, from };
}

function labelsOf(config: unknown, at: string): readonly string[] | undefined {
  const { id2label } = (config ?? {}) as { id2label?: unknown };
  return id2label === undefined ? undefined : readLabels(config, at);
}

function headOf(
  source: Parameters<typeof bodyOf>[0],
  { body }: OpenedBase,
  labels: readonly string[],
): OldHead | undefined {
  try {
    return oldHeadOf(source, bodyOf(source, { classes: labels.length }), labels) ?? undefined;
  } catch {
    return oldHeadOf(source, body, labels);
  }
}

/**
 * Returns the head to begin with: the probe's, or the old classifier's rows for the classes that it knows and the probe's for the
 * others. The one with the lower validation loss is chosen; without validation samples the old rows.
 * @param classes names of the outputs: classes, labels or tags
 * @param lossOf validation loss of a head; missing without validation samples
 */
export function headFrom<Head extends LinearHead>(
  solved: Head,
  oldHead: OldHead,
  classes: readonly string[],
  lossOf: ((head: LinearHead) => number) | undefined,
): { readonly head: Head; readonly start: Message } {
  const { head, from } = withOldRows(classes, solved, oldHead);
  const known = from.flatMap((names, c) =>
    names.length > 0 ? [[classes[c]!, names.slice(0, 3).join(", ")] as const] : [],
  );
  if (known.length === 0) return { head: solved, start: message("no-class-name-shared") };
  const [own, old] = lossOf ? [lossOf(solved), lossOf(head)] : [1, 0];
  const start = message("old-rows-or-probe", {
    kept: old <= own ? "old rows" : "probe",
    known: known.length,
    classes: classes.length,
    pairs: known.slice(0, 4),
    old_loss: old,
    probe_loss: own,
  });
  return old <= own ? { head: { ...solved, ...head }, start } : { head: solved, start };
}
