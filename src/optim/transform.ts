import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** What one link of an optimiser sees, for one parameter. */
export interface UpdateContext {
  /** The change so far: the gradient for the first link. Same shape as the parameter. */
  readonly update: Value;
  readonly parameter: Value;
  /** This link's own memory, by name: same shape as the parameter, 0 before the first step. */
  readonly slots: Readonly<Record<string, Value>>;
  /** float32[]: learning rate of the parameter's group in this step. */
  readonly rate: Value;
  /** float32[]: momentum (SGD) or β₁ (Adam) in this step; a schedule may cycle it. */
  readonly momentum: Value;
  /** float32[]: 1 in the first step. */
  readonly step: Value;
  /** False for biases and norms: they are not decayed. */
  readonly decay: boolean;
}

/**
 * One link of an optimiser: turns an update into a better one. An optimiser is a chain of links; the last
 * update is subtracted from the parameter.
 */
export interface Transform {
  readonly slots: readonly string[];
  apply(
    g: Builder,
    context: UpdateContext,
  ): { readonly update: Value; readonly slots: Readonly<Record<string, Value>> };
}

/** Links one after the other. @example chain(scaleByAdam(), addWeightDecay(0.01), scaleByRate()) */
export function chain(...links: readonly Transform[]): Transform {
  const slotName = (link: number, slot: string): string =>
    `${slot}${links.filter((l) => l.slots.includes(slot)).length > 1 ? link : ""}`;
  return {
    slots: links.flatMap((link, i) => link.slots.map((slot) => slotName(i, slot))),
    apply(g, context) {
      let { update } = context;
      const slots: Record<string, Value> = {};
      links.forEach((link, i) => {
        const own = Object.fromEntries(link.slots.map((slot) => [slot, context.slots[slotName(i, slot)]!]));
        const done = link.apply(g, { ...context, update, slots: own });
        update = done.update;
        for (const [slot, value] of Object.entries(done.slots)) slots[slotName(i, slot)] = value;
      });
      return { update, slots };
    },
  };
}

/** u ← η · u */
export function scaleByRate(): Transform {
  return { slots: [], apply: (g, { update, rate }) => ({ update: g.mul(update, rate), slots: {} }) };
}

/**
 * Decoupled weight decay: u ← u + λ θ, before the rate is applied; not on biases and norms.
 * @see Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019
 */
export function addWeightDecay(strength: number): Transform {
  return {
    slots: [],
    apply: (g, { update, parameter, decay }) => ({
      update: decay && strength > 0 ? g.add(update, g.mul(parameter, g.number(strength))) : update,
      slots: {},
    }),
  };
}

/**
 * Heavy ball: v ← μ v + u, u ← v; with Nesterov u ← u + μ v. PyTorch's form: the rate is applied after v.
 * @see Sutskever et al. 2013; torch.optim.SGD
 */
export function traceMomentum({ nesterov = false }: { readonly nesterov?: boolean } = {}): Transform {
  return {
    slots: ["momentum"],
    apply(g, { update, slots, momentum }) {
      const v = g.add(g.mul(slots.momentum!, momentum), update);
      return { update: nesterov ? g.add(update, g.mul(v, momentum)) : v, slots: { momentum: v } };
    },
  };
}

/**
 * RMSprop's direction: v ← α v + (1 - α) u²,  u ← u / (√v + ε). PyTorch's form: ε outside the root, no centring.
 * @see Tieleman & Hinton, lecture 6.5, 2012; torch.optim.RMSprop
 */
export function scaleByRms({
  alpha = 0.99,
  epsilon = 1e-8,
}: {
  readonly alpha?: number;
  readonly epsilon?: number;
} = {}): Transform {
  return {
    slots: ["v"],
    apply(g, { update: u, slots }) {
      const v = g.add(g.mul(slots.v!, g.number(alpha)), g.mul(g.mul(u, u), g.number(1 - alpha)));
      return { update: g.div(u, g.add(g.sqrt(v), g.number(epsilon))), slots: { v } };
    },
  };
}

/**
 * Lion's direction, ±1 for each number: u ← sign(β₁ m + (1 - β₁) g),  m ← β₂ m + (1 - β₂) g with the same g.
 * @see Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2
 */
export function signOfMomentum({ beta2 = 0.99 }: { readonly beta2?: number } = {}): Transform {
  return {
    slots: ["m"],
    apply(g, { update: u, slots, momentum: beta1 }) {
      const c = g.add(g.mul(slots.m!, beta1), g.mul(u, g.sub(g.number(1), beta1)));
      const m = g.add(g.mul(slots.m!, g.number(beta2)), g.mul(u, g.number(1 - beta2)));
      return { update: g.sign(c), slots: { m } };
    },
  };
}

/**
 * Adam's direction: m ← β₁ m + (1 - β₁) u,  v ← β₂ v + (1 - β₂) u²,
 * u ← (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε).
 * @see Kingma & Ba, "Adam", 2015, algorithm 1
 */
export function scaleByAdam({
  beta2 = 0.999,
  epsilon = 1e-8,
}: {
  readonly beta2?: number;
  readonly epsilon?: number;
} = {}): Transform {
  return {
    slots: ["m", "v"],
    apply(g, { update: u, slots, momentum: beta1, step }) {
      const one = g.number(1);
      const m = g.add(g.mul(slots.m!, beta1), g.mul(u, g.sub(one, beta1)));
      const v = g.add(g.mul(slots.v!, g.number(beta2)), g.mul(g.mul(u, u), g.number(1 - beta2)));
      const mHat = g.div(m, g.sub(one, g.pow(beta1, step)));
      const vHat = g.div(v, g.sub(one, g.pow(g.number(beta2), step)));
      return { update: g.div(mHat, g.add(g.sqrt(vHat), g.number(epsilon))), slots: { m, v } };
    },
  };
}
