import type { OpAttributes } from "../../graph/ops.js";
import type { Rules } from "../rule.js";
import { activation } from "./activation.js";
import { bitwise } from "./bitwise.js";
import { convolution } from "./convolution.js";
import { elementwise } from "./elementwise.js";
import { gather } from "./gather.js";
import { linalg } from "./linalg.js";
import { movement } from "./movement.js";
import { normalization } from "./normalization.js";
import { pooling } from "./pooling.js";
import { reduction } from "./reduction.js";
import { resampling } from "./resampling.js";
import { selection } from "./selection.js";
import { trigonometry } from "./trigonometry.js";

/** Gradient decision of every operator: a rule, zero, or a refusal with its reason. */
export const rules: Rules<OpAttributes> = {
  ...elementwise,
  ...trigonometry,
  ...bitwise,
  ...activation,
  ...linalg,
  ...convolution,
  ...pooling,
  ...normalization,
  ...reduction,
  ...movement,
  ...gather,
  ...resampling,
  ...selection,
};
