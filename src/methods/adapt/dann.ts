import { domainConfusion } from "../../losses/domain-confusion.js";
import { reversalFactor, reverseGradient } from "../../losses/gradient-reversal.js";
import { readSettings } from "../settings.js";
import type { Aligner } from "./align.js";
import { discriminator } from "./discriminator.js";
import { dannSettings } from "./settings.js";

/** Name of the reversal factor that is fed in each step. */
const factor = "reversal";

/** Units per layer in Transfer-Learning-Library, for 256 features; narrower features get four units each. */
const widest = 1024;

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
  const units = hidden > 0 ? hidden : Math.min(widest, 4 * width);
  const { weights, apply } = discriminator(model, width, units, seed);
  return {
    weights,
    numbers: { [factor]: (progress) => reversalFactor(progress, { alpha }) },
    terms(g, { source, target }, before) {
      const [n] = g.dims(source) as [number];
      const [m] = g.dims(target) as [number];
      const reversed = reverseGradient(g, g.concat([source, target], 0), before.number(factor));
      const logits = apply(g, reversed.value);
      const confusion = domainConfusion(
        g,
        g.slice(logits, { starts: [0], ends: [n], axes: [0] }),
        g.slice(logits, { starts: [n], ends: [n + m], axes: [0] }),
      );
      return { terms: { alignment: { value: confusion, weight: tradeOff } }, constants: reversed.constants };
    },
  };
};
