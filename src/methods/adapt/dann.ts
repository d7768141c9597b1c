import { readSettings } from "../settings.js";
import type { Aligner } from "./align.js";
import { adversary } from "./discriminator.js";
import { dannSettings } from "./settings.js";

/**
 * DANN: a discriminator learns to distinguish the domains by the features, and the layers before it learn to prevent
 * that.
 *
 * loss = CE_source + trade-off · ½ [BCE(D(R(f_s)), 1) + BCE(D(R(f_t)), 0)],   R: gradient times -λ(p),   λ(p) = 2 / (1
 * + e^(-α p)) - 1
 *
 * D has two hidden layers with BatchNormalization over source and target together. It reads the features directly:
 * without a bottleneck in between, the base's features keep the head that was solved on them.
 * @see Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016
 */
export const dann: Aligner = (model, { width, tradeOff, seed, option }) => {
  const { alpha, hidden } = readSettings(dannSettings, option as never, 'method "dann"');
  const { confusion, ...own } = adversary(model, { width, features: width, hidden, alpha, seed });
  return {
    ...own,
    terms(g, { source, target }, before) {
      const { value, constants } = confusion(g, g.concat([source, target], 0), g.dims(source)[0]!, before);
      return { terms: { alignment: { value, weight: tradeOff } }, constants };
    },
  };
};
