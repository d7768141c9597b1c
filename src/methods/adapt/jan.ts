import { jointMmd } from "../../losses/joint-mmd.js";
import type { Aligner } from "./align.js";

/** σ of the kernel of softmax outputs: the value of Transfer-Learning-Library. */
const sigma = 0.92;

/**
 * JAN: aligns the joint distributions of features and softmax outputs.
 *
 * loss = CE_source + trade-off · joint MMD of (features, softmax(logits)): five Gaussians and one of σ = 0.92
 * @see Long et al., "Deep Transfer Learning with Joint Adaptation Networks", 2017
 */
export const jan: Aligner = (_model, { tradeOff }) => ({
  terms(g, features, _before, logits) {
    const outputs = { source: g.softmax(logits.source), target: g.softmax(logits.target), sigma };
    const { value, constants } = jointMmd(g, [features, outputs]);
    return { terms: { alignment: { value, weight: tradeOff } }, constants };
  },
});
