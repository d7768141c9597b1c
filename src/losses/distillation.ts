import { EngraftError } from "../core/errors.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Distillation loss: divergence of a student's softened distribution from its teacher's, one value per item.
 *
 * p = softmax(t / T),   q = softmax(s / T),   loss_i = T² Σ_k p_k (log p_k - log q_k)
 *
 * T² keeps the size of the gradient as T grows.
 * @param student float32[N, C], logits.
 * @param teacher float32[N, C], logits (or log-probabilities).
 * @returns float32[N], nats, ≥ 0, lower is better.
 * @throws OptionError for a temperature that is not positive.
 * @see Hinton et al., "Distilling the Knowledge in a Neural Network", 2015
 * @example const losses = distillationLoss(g, studentScores, teacherScores, { temperature: 4 });
 */
export function distillationLoss(
  g: Builder,
  student: Value,
  teacher: Value,
  { temperature = 4 }: { readonly temperature?: number } = {},
): Value {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new EngraftError("OptionError", `the temperature of distillation is ${temperature}`, {
      help: "use a positive number; 4 is usual",
    });
  }
  const softened = (z: Value): Value => g.logSoftmax(g.mul(z, g.number(1 / temperature)), -1);
  const [logP, logQ] = [softened(teacher), softened(student)];
  const losses = g.reduceSum(g.mul(g.exp(logP), g.sub(logP, logQ)), { axes: [1] });
  return g.mul(losses, g.number(temperature ** 2));
}
