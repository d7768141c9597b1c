import { type Asked, readSettings, type Settings } from "../settings.js";
import type { Aligner } from "./align.js";
import { coralSettings, dannSettings, kliepSettings, tradeOffList } from "./settings.js";

/** One row a method of adaptation: what help, documents and errors say of it, and what it adds to training on the source. */
export interface AdaptationRow {
  readonly does: string;
  readonly paper: string;
  readonly settings: Settings;
  /** It adds a term over source and target batches. */
  readonly align?: () => Promise<Aligner>;
  /** It weighs the source's items before training. */
  readonly weighs?: boolean;
}

/** The methods of `engraft adapt` by name. */
export const adaptations = {
  "source-only": {
    does: "no adaptation: trains on the source only; the baseline of the other methods",
    paper: "none: the baseline",
    settings: {},
  },
  dann: {
    does: "DANN: features from which a discriminator cannot tell source and target (default)",
    paper: "Ganin et al., Domain-Adversarial Training of Neural Networks, 2016",
    settings: dannSettings,
    align: async () => (await import("./dann.js")).dann,
  },
  "deep-coral": {
    does: "Deep CORAL: aligns the feature covariances of source and target",
    paper: "Sun & Saenko, Deep CORAL: Correlation Alignment for Deep Domain Adaptation, 2016",
    settings: coralSettings,
    align: async () => (await import("./deep-coral.js")).deepCoral,
  },
  kliep: {
    does: "importance weighting: source samples count by the density ratio of target to source",
    paper: "Sugiyama et al., Direct Importance Estimation with Model Selection (KLIEP), 2008",
    settings: kliepSettings,
    weighs: true,
  },
} as const satisfies Record<string, AdaptationRow>;

export type AdaptationName = keyof typeof adaptations;

/** The row of a method, as any row. */
export function adaptationOf(name: AdaptationName): AdaptationRow {
  return adaptations[name];
}

/** @throws OptionError for an option that the method has not, or a value that it cannot have */
export function checkAdaptation(name: AdaptationName, asked: Asked): void {
  readSettings(adaptationOf(name).settings, asked, `method "${name}"`);
}

/** The trade-offs that are tried: each is a training of its own. Empty for a method without one. */
export function tradeOffsOf(name: AdaptationName, asked: Asked): number[] {
  const { settings } = adaptationOf(name);
  if (!Object.hasOwn(settings, "tradeOff")) return [];
  const { tradeOff } = readSettings(settings, asked, `method "${name}"`) as { tradeOff: string | number };
  return tradeOffList(tradeOff);
}
