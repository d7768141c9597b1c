import { EngraftError } from "../../core/errors.js";
import { type Modality, modalities } from "../../core/modalities.js";
import { factsOf, type Head, type Task, tasks } from "../../core/results/task.js";
import { quoted } from "../../data/split/found.js";
import type { RecipeOptions } from "../../options/options.js";
import { inputs } from "../inputs/inputs.js";
import { type Evidence, evidenceOf } from "./evidence.js";
import { type Found, inputRows } from "./inputs.js";
import { type Claim, no, targetRows } from "./targets.js";

/** Input and target that data hold. */
export interface Recognized extends Pick<Found, "input"> {
  readonly head: Head;
  /** Columns that show the target. Empty: the layout of the files shows it. */
  readonly columns: readonly string[];
}

/**
 * Returns the input and the target of the data at a path.
 * @throws DataError for damaged data, and for data that could be meant in several ways
 */
export async function recognize(
  source: Pick<Evidence, "platform" | "path">,
  options: RecipeOptions,
): Promise<Recognized> {
  const evidence = await evidenceOf(source, options);
  const { platform, path, kind, lists } = evidence;
  if (kind === "folder" && options.inputs === undefined)
    await (await import("../../data/other-formats.js")).refuseForeignFolder(platform.files, path);
  for (const { input, finds } of inputRows) {
    const found = await finds(evidence);
    const target = found && (await targetOfSamples({ input, ...found }, evidence));
    if (target) return { input, ...target };
  }
  // A folder with one list.
  return recognize({ platform, path: (await lists())!.root }, options);
}

/** Returns the target of samples: the first sure one, else the first possible one; undefined if no target claims them. */
async function targetOfSamples(
  { shows, input, list, ...found }: Found,
  { chosen, options }: Evidence,
): Promise<Omit<Recognized, "input"> | undefined> {
  if (shows !== undefined) return { head: shows, columns: [] };
  const others: Partial<Record<Head, Claim>> = {};
  const heads = Object.keys(targetRows) as Head[];
  for (const head of heads) {
    const claim = (await targetRows[head][input]?.({ ...found, list: list!, chosen, options, others })) ?? no;
    if (claim.says === "sure") return { head, columns: claim.columns };
    others[head] = claim;
  }
  const head = heads.find((one) => others[one]?.says === "maybe");
  return head && { head, columns: others[head]!.columns };
}

/** Returns the task of an input and a target; undefined if there is none. */
const builtTask = (input: Modality, head: Head): Task | undefined =>
  tasks.find((task) => {
    const facts = factsOf(task);
    return (
      facts.head === head &&
      (facts.input === input || (facts.input === "either" && Object.hasOwn(inputs, input)))
    );
  });

/**
 * Returns the task of recognized data.
 * @param data their name
 * @throws DataError for an input and a target without a common task, with the targets and the inputs that have one
 */
export function taskOfPair({ input, head: target, columns }: Recognized, data: string): Task {
  const task = builtTask(input, target);
  if (task !== undefined) return task;
  const targets = (Object.keys(targetRows) as Head[]).filter((one) => builtTask(input, one));
  const others = (Object.keys(modalities) as Modality[]).filter((one) => builtTask(one, target));
  const { many } = modalities[input];
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(data)} has ${many} as inputs and ${target} in ${quoted(columns, 6)} as targets: this pair is not built`,
    {
      help: `${many} can be learnt with ${targets.join(", ")}; ${target} of ${others.map((one) => modalities[one].many).join(", ")}; --target NAME chooses another column`,
      code: "pair-not-built",
      details: { data, input, target, targets, inputs: others },
    },
  );
}
