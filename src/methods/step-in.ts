import type { TrainingPlan } from "./plan.js";

type Groups = { readonly groups: readonly Pick<TrainingPlan["groups"][number], "parameters">[] };

/**
 * What a step of another training takes, in steps of this one: a forward pass, the gradient that goes through the network, and
 * that of the weights that train. From scratch all do; beside an adapter's or a last layer's training that takes longer.
 */
export function stepIn(other: Groups, own: Groups | undefined): number {
  const sizeOf = ({ groups }: Groups): number => groups.reduce((n, { parameters }) => n + parameters, 0);
  if (!own) return 1;
  const most = Math.max(1, sizeOf(other), sizeOf(own));
  return (2 + sizeOf(other) / most) / (2 + sizeOf(own) / most);
}
