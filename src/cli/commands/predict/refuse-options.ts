import type { LoadedModel } from "../../../api/load.js";
import { EngraftError } from "../../../core/errors.js";
import type { Modality } from "../../../core/modalities.js";
import { factsOf, type Head, type Task, taskOfHeads } from "../../../core/results/task.js";
import type { OptionsOf } from "../../options/options.js";

/** Option of `predict` that not every model takes, with the words of its refusal, which the task follows. */
interface LimitedOption {
  readonly names: string;
  readonly isGiven: (options: OptionsOf<"predict">) => boolean;
  readonly models: string;
  /** Only modality of the inputs that takes it. Default: each one. */
  readonly modality?: Modality;
  /** Words for a model of another modality. Default: `models`. */
  readonly modelsOfModality?: string;
}

/** Returns the options of models that write texts. */
export const writingOptions = (given: OptionsOf<"predict">) => {
  const { maxNew, beams, lengthPenalty, temperature, topP, seed } = given;
  const { prefix, sourceLanguage, targetLanguage } = given;
  const all = {
    maxNew,
    beams,
    lengthPenalty,
    temperature,
    topP,
    seed,
    prefix,
    sourceLanguage,
    targetLanguage,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

/** In the order of the refusals. */
const limited = {
  trust: {
    names: "--sets and --abstain",
    isGiven: ({ sets, abstain }) => sets !== undefined || abstain === true,
    models: "are for models that give each item one class, the model answers",
  },
  tta: {
    names: "--tta",
    isGiven: ({ tta = 1 }) => tta > 1,
    models: "is for models of classes, labels and numbers of pictures, and this is of",
    modality: "image",
    modelsOfModality: "is for models of pictures, and this is of",
  },
  text: {
    names: "--text, --text-a and --text-b",
    isGiven: ({ text, textA, textB }) => [text, textA, textB].some((one) => one !== undefined),
    models: "are for models of texts, and this is of",
    modality: "text",
  },
  draw: {
    names: "--draw",
    isGiven: ({ draw }) => draw !== undefined,
    models: "is for models of boxes and masks, and this is of",
  },
  write: {
    names:
      "--chat, --max-new, --beams, --length-penalty, --temperature, --top-p, --seed, --prefix, --source-language and --target-language",
    isGiven: (options) => options.chat !== undefined || Object.keys(writingOptions(options)).length > 0,
    models: "are for models that write texts, and this is of",
  },
  threshold: {
    names: "--threshold",
    isGiven: ({ threshold }) => threshold !== undefined,
    models: "is for models of boxes, and this is of",
  },
} as const satisfies Readonly<Record<string, LimitedOption>>;

/** Limited options that a kind of predictions takes. A kind without a row does not compile. */
const takenBy: Readonly<Record<Head | "several", readonly string[]>> = {
  classes: ["trust", "tta", "text"],
  labels: ["tta", "text"],
  numbers: ["tta", "text"],
  tags: [],
  boxes: ["draw", "threshold"],
  masks: ["draw"],
  transcript: [],
  // The command line writes texts by other options: see `writeTexts`.
  sequence: [],
  several: ["tta", "text"],
} satisfies Record<string, readonly (keyof typeof limited)[]>;

/** Refuses options that a model that writes texts cannot use. @throws OptionError */
export function refuseForWriting(options: OptionsOf<"predict">): void {
  const { trust, tta, draw, threshold }: Readonly<Record<string, LimitedOption>> = limited;
  const others = { top: "--top", long: "--long", textA: "--text-a", textB: "--text-b" } as const;
  const given = [
    ...[trust!, tta!, draw!, threshold!].filter(({ isGiven }) => isGiven(options)).map(({ names }) => names),
    ...Object.entries(others).flatMap(([name, flag]) =>
      options[name as keyof typeof others] === undefined ? [] : [flag],
    ),
  ];
  const [names] = given;
  if (names !== undefined)
    throw new EngraftError(
      "OptionError",
      `a model that writes texts takes no ${names.replace(" and ", " or ")}`,
      {
        help: `leave ${names.includes(" ") ? "them" : names} out`,
      },
    );
}

/** Refuses options that a model cannot use. @param modality of its inputs @throws OptionError */
export function refuseOptions(
  { task }: { readonly task: LoadedModel["task"] },
  modality: Modality,
  options: OptionsOf<"predict">,
): void {
  const taken = takenBy[taskOfHeads(task) === undefined ? factsOf(task as Task).head : "several"];
  for (const [option, one] of Object.entries<LimitedOption>(limited)) {
    const isOfOther = one.modality !== undefined && one.modality !== modality;
    if (!one.isGiven(options) || (!isOfOther && taken.includes(option))) continue;
    const models = (isOfOther && one.modelsOfModality) || one.models;
    throw new EngraftError("OptionError", `${one.names} ${models} ${task}`, {
      help: `leave ${one.names.includes(" ") ? "them" : one.names} out`,
    });
  }
  const { trust, tta }: Readonly<Record<string, LimitedOption>> = limited;
  if (trust?.isGiven(options) && tta?.isGiven(options))
    throw new EngraftError("OptionError", "--sets and --abstain cannot be used with --tta", {
      help: "leave --tta out: sets and threshold were found out with one view of each picture",
    });
}
