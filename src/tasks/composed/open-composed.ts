import type { OnWork } from "../../core/events/work-events.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Input, SamplesOf } from "../inputs/input.js";
import type { Labelled, Target } from "../targets/target.js";

/** How samples with targets are opened. */
export interface OpenComposedHow {
  readonly platform: Platform;
  readonly options: Pick<RecipeOptions, "target" | "labels" | "text" | "quotes" | "classNames" | "groupFrom">;
  readonly seed: number;
  /** Names of the outputs of a model. Default: the data decide. */
  readonly known?: readonly string[];
  readonly emptyParts?: boolean | undefined;
  readonly onEvent?: OnWork | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens samples of an input with their targets. @throws DataError for unusable data */
export async function openComposed<Fields extends Labelled>(
  input: Input,
  target: Pick<Target<Fields>, "source">,
  path: string,
  { platform, options, seed, known, emptyParts, onEvent, signal }: OpenComposedHow,
): Promise<SamplesOf<Fields>> {
  const { text, quotes, classNames, groupFrom, target: columns, labels } = options;
  const source = target.source({ target: columns, labels, emptyParts, ...(known && { known }) });
  return input.open(platform, path, source, {
    ...(text !== undefined && { text }),
    ...(quotes !== undefined && { quotes }),
    ...(classNames !== undefined && { classNames }),
    ...(groupFrom !== undefined && { groupFrom }),
    ...(signal && { signal }),
    ...(known && { known: true }),
    seed,
    emptyParts,
    onEvent,
  });
}
