import { EngraftError } from "../../core/errors.js";
import {
  choice,
  type RequestedOptions,
  readSettings,
  real,
  type Settings,
  type ValuesOf,
} from "../settings.js";

/** A row of the distillation methods: its description for help, documents and errors. */
export interface DistillMethodRow {
  /** What is compared, in one line. */
  readonly does: string;
  readonly paper: string;
  readonly settings: Settings;
  /** True if it compares class scores, so that teacher and student must have the same classes. */
  readonly scores?: boolean;
}

const softSettings = {
  alpha: real("share of the teacher's answers; the labels have the rest", 0.9, 0, 1),
  temperature: real("at which answers are compared", 4, 0.1, 100),
} as const;
const hintSettings = {
  hint: choice(
    "what is compared: the maps in the middle, or the features before the head",
    "middle",
    "features",
  ),
  hintWeight: real("weight of the hint", 100, 0, 1e6),
} as const;
const attentionSettings = {
  attentionWeight: real("weight of the attention maps", 1000, 0, 1e6),
  power: real("of the activations in an attention map", 2, 1, 10),
} as const;
const relationalSettings = {
  distance: real("weight of the distances between the pictures of a batch", 25, 0, 1e6),
  angle: real("weight of the angles between them", 50, 0, 1e6),
} as const;

/** The methods by name. */
export const distillMethods = {
  soft: {
    does: "soft targets: the softened predictions of the teacher, and the labels",
    paper: "Hinton, Vinyals & Dean, Distilling the Knowledge in a Neural Network, 2015",
    settings: softSettings,
    scores: true,
  },
  hints: {
    does: "feature distillation: a linear map from the student's features to the teacher's",
    paper: "Romero et al., FitNets: Hints for Thin Deep Nets, 2015",
    settings: hintSettings,
  },
  attention: {
    does: "attention transfer: maps of activation at the end of each stage",
    paper: "Zagoruyko & Komodakis, Paying More Attention to Attention, 2017",
    settings: attentionSettings,
  },
  relational: {
    does: "relational distillation: distances and angles between the samples of a batch",
    paper: "Park et al., Relational Knowledge Distillation, 2019",
    settings: relationalSettings,
  },
} as const satisfies Record<string, DistillMethodRow>;

export type DistillMethod = keyof typeof distillMethods;

const allSettings = {
  ...softSettings,
  ...hintSettings,
  ...attentionSettings,
  ...relationalSettings,
} as const;
/** Options of all methods. */
export type DistillValues = ValuesOf<typeof allSettings>;

/** Parses "soft,hints". @throws OptionError for an unknown or repeated method */
export function methodsOf(words: string): DistillMethod[] {
  const names = words.split(",").map((word) => word.trim());
  const known = Object.keys(distillMethods);
  const wrong = names.find((name, i) => !known.includes(name) || names.indexOf(name) !== i);
  if (wrong !== undefined)
    throw new EngraftError(
      "OptionError",
      known.includes(wrong)
        ? `the method "${wrong}" is named twice`
        : `there is no method of distillation "${wrong}"`,
      {
        help: `the methods are ${known.join(", ")}; several with commas between: soft,hints`,
        details: { method: wrong },
      },
    );
  return names as DistillMethod[];
}

/**
 * Splits the requested options: those of the methods, and those of strategy and loop.
 * @param others options of the strategy and the loop: a name that both have is ambiguous
 * @throws OptionError for an invalid value or an ambiguous name
 */
export function splitDistill(
  methods: readonly DistillMethod[],
  requested: RequestedOptions,
  others: Settings,
  who: string,
): { readonly values: DistillValues; readonly rest: RequestedOptions } {
  const own: Settings = Object.assign({}, ...methods.map((name) => distillMethods[name].settings));
  const both = Object.keys(requested).find((name) => Object.hasOwn(own, name) && Object.hasOwn(others, name));
  if (both !== undefined)
    throw new EngraftError("OptionError", `option ${both} is one of the teacher's and one of ${who}'s`, {
      help: "use --strategy finetune, or leave the option at its default",
      details: { option: both },
    });
  const unknown = Object.keys(requested).find(
    (name) => !Object.hasOwn(own, name) && !Object.hasOwn(others, name),
  );
  if (unknown !== undefined)
    throw new EngraftError(
      "OptionError",
      `neither ${who} nor distillation by ${methods.join(" and ")} has an option ${unknown}`,
      {
        help: `there are ${[...Object.keys(own), ...Object.keys(others)].join(", ")}`,
        details: { option: unknown },
      },
    );
  const pick = (mine: boolean): RequestedOptions =>
    Object.fromEntries(Object.entries(requested).filter(([name]) => Object.hasOwn(own, name) === mine));
  const values = readSettings(own, pick(true), `distillation by ${methods.join(" and ")}`);
  const defaults = readSettings(allSettings, {}, "distillation");
  return { values: { ...defaults, ...values } as DistillValues, rest: pick(false) };
}
