import type { TrainingPlan } from "./plan.js";

type Groups = { readonly groups: readonly Pick<TrainingPlan["groups"][number], "parameters">[] };

/**
 * Time of a step of another training, in steps of this one: a forward pass, the gradient through the network, and that
 * of the trainable weights. From scratch all weights train, so a step takes longer than with an adapter or only the
 * last layer.
 */
export function stepIn(other: Groups, own: Groups | undefined): number {
  const sizeOf = ({ groups }: Groups): number => groups.reduce((n, { parameters }) => n + parameters, 0);
  if (!own) return 1;
  const most = Math.max(1, sizeOf(other), sizeOf(own));
  return (2 + sizeOf(other) / most) / (2 + sizeOf(own) / most);
}
