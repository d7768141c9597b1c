import {
  addWeightDecay,
  chain,
  scaleByAdam,
  scaleByRate,
  type Transform,
  traceMomentum,
} from "./transform.js";

/** Stochastic gradient descent: θ ← θ - η v, v ← μ v + g; weight decay is decoupled. */
export function sgd({
  weightDecay = 0,
  nesterov = false,
}: {
  readonly weightDecay?: number;
  readonly nesterov?: boolean;
} = {}): Transform {
  return chain(traceMomentum({ nesterov }), addWeightDecay(weightDecay), scaleByRate());
}

/** Adam without weight decay. */
export function adam(options: { readonly beta2?: number; readonly epsilon?: number } = {}): Transform {
  return chain(scaleByAdam(options), scaleByRate());
}

/** Adam with decoupled weight decay (fastai's and PyTorch's default λ = 0.01). */
export function adamW({
  weightDecay = 0.01,
  ...options
}: {
  readonly weightDecay?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
} = {}): Transform {
  return chain(scaleByAdam(options), addWeightDecay(weightDecay), scaleByRate());
}

/** The optimisers by name, as options and the manifest call them. */
export const optimizers = { sgd, adam, adamw: adamW } as const satisfies Record<
  string,
  (o?: never) => Transform
>;
export type OptimizerName = keyof typeof optimizers;
