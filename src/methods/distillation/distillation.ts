import type { Body } from "../../bases/body.js";
import { draws } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { attentionMap, pooledTo } from "../../losses/index.js";
import type { Penalty } from "../../train/objectives/objective.js";
import { attention, hints, relations, softTargets } from "../../train/objectives/teacher.js";
import { featuresOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { usual } from "../recipe.js";
import { commonSize, type Maps, middleOf, stageMaps } from "./maps.js";
import type { DistillMethod, DistillValues } from "./settings.js";

/** A teacher, taken apart. */
export interface Teacher {
  /** Its name in messages. */
  readonly name: string;
  /** Pictures in; with its raw scores kept, where they are used. */
  readonly body: Body;
  /** Raw scores float32[batch, Z]; missing where its classes are others. */
  readonly scores?: Value;
  /** For each class of the data, which of the scores is its own. */
  readonly order?: readonly number[];
}

/** One thing that a teacher says of a picture: where it stands in the teacher's row. */
export interface TeacherPart {
  readonly name: string;
  readonly shape: readonly number[];
  readonly first: number;
  readonly size: number;
}

/** What a student learns from a teacher, and what has to be asked of the teacher for it. */
export interface Distillation {
  /** Pictures (as the teacher takes them) -> one row of all its parts, float32[batch, width]. */
  readonly teacher: Graph;
  readonly parts: readonly TeacherPart[];
  readonly width: number;
  /** The student with regressors beside it, where hints need one. */
  readonly student: Graph;
  /** Weights of the regressors: they train, and are left out of the exported model. */
  readonly regressors: readonly Value[];
  readonly penalties: readonly Penalty[];
  /** Weight of the labels' cross-entropy. */
  readonly labels: number;
  readonly words: string;
  /** What is asked of the teacher: the same for all weights and temperatures, which change no answer of it. */
  readonly asks: string;
}

/** Names of a regressor's weights in the student. */
const regressorValues = {
  weight: "engraft/regressor/weight",
  bias: "engraft/regressor/bias",
} as const;

/**
 * Teacher and student brought together for some methods. The loss of the student is then
 *
 * (1 - α) cross-entropy + α T² KL (soft) + β_h hint + β_a attention + γ_d distances + γ_a angles,
 *
 * of which each method adds its own; without `soft` the cross-entropy has the weight 1.
 * @param model pixels -> logits, the student with its new head
 * @param options.seed of the regressor's first weights
 * @throws ModelError when maps are needed and there are none
 */
export function distillationOf(
  model: Graph,
  teacher: Teacher,
  methods: readonly DistillMethod[],
  values: DistillValues,
  { seed, classes }: { readonly seed: number; readonly classes: number },
): Distillation {
  const student = model.clone();
  const taught = teacher.body.graph.clone();
  const g = new Builder(taught, "engraft/teacher");
  const parts: TeacherPart[] = [];
  const rows: Value[] = [];
  const say = (name: string, value: Value, shape: readonly number[]): void => {
    const first = parts.reduce((n, part) => n + part.size, 0);
    parts.push({ name, shape, first, size: sizeOf(shape) });
    rows.push(shape.length === 1 ? value : g.flatten(value));
  };
  const regressors: Value[] = [];
  const penalties: Penalty[] = [];
  const words: string[] = [];
  const asks: string[] = [];
  const has = (name: DistillMethod): boolean => methods.includes(name);
  const compared = has("attention") || (has("hints") && values.hint === "middle");
  const own = compared ? stageMaps(student, "the student") : [];
  const its = compared ? stageMaps(taught, "the teacher") : [];

  if (has("soft")) {
    const { alpha, temperature } = values;
    const scores = teacher.scores!;
    const order = teacher.order ?? Array.from({ length: classes }, (_, i) => i);
    const sorted = order.every((z, i) => z === i) ? scores : g.gather(scores, g.ints(order), 1);
    say("teacher", sorted, [classes]);
    asks.push(`scores ${scores} in the order ${order.join(" ")}`);
    penalties.push(softTargets(classes, temperature, alpha));
    words.push(`soft targets (α ${alpha}, T ${temperature})`);
  }
  if (has("hints")) {
    const { hintWeight } = values;
    const weights = values.hint === "middle" ? middle(own, its) : features();
    penalties.push(weights);
    words.push(
      `hints from the ${values.hint === "middle" ? "maps in the middle" : "features"} (β ${hintWeight})`,
    );
  }
  if (has("attention")) {
    const { attentionWeight, power } = values;
    const count = Math.min(own.length, its.length);
    const pairs = Array.from({ length: count }, (_, i) => {
      const [a, b] = [own[own.length - count + i]!, its[its.length - count + i]!];
      return { maps: a.value, size: commonSize(a, b), teacher: b.value };
    });
    const looked = pairs.map(({ teacher: maps, size }) =>
      attentionMap(g, pooledTo(g, maps, size), { power }),
    );
    asks.push(`attention p ${power} of ${pairs.map((pair) => pair.teacher).join(" ")}`);
    say("attention", g.concat(looked, 1), [pairs.reduce((n, { size: [h, w] }) => n + h * w, 0)]);
    penalties.push(attention(pairs, power, attentionWeight));
    words.push(
      `attention at the end of ${count} stage${count === 1 ? "" : "s"} (β ${attentionWeight}, p ${power})`,
    );
  }
  if (has("relational")) {
    const { distance, angle } = values;
    say("features", teacher.body.features, [teacher.body.width]);
    asks.push("features");
    penalties.push(relations(featuresOf(student), teacher.body.width, { distance, angle }));
    words.push(`relations within a batch (distances ${distance}, angles ${angle})`);
  }
  taught.outputs.length = 0;
  taught.outputs.push(g.concat(rows, 1));
  return {
    teacher: taught,
    parts,
    width: parts.reduce((n, part) => n + part.size, 0),
    student,
    regressors,
    penalties,
    labels: has("soft") ? 1 - values.alpha : 1,
    words: words.join(", "),
    asks: asks.join(", "),
  };

  /** A 1 × 1 convolution from the student's maps onto the teacher's channels. */
  function middle(mine: readonly Maps[], theirs: readonly Maps[]): Penalty {
    const [a, b] = [middleOf(mine), middleOf(theirs)];
    const size = commonSize(a, b);
    const shape = [b.channels, ...size];
    say("hint", pooledTo(g, b.value, size), shape);
    asks.push(`maps ${b.value}`);
    const [weight, bias] = regressor([b.channels, a.channels, 1, 1]);
    const regressed = new Builder(student, "engraft/regressor").conv(a.value, weight, bias);
    return hints(regressed, shape, values.hintWeight);
  }

  /** A linear map from the student's features onto the teacher's. */
  function features(): Penalty {
    const mine = featuresOf(student);
    const [, width] = student.typeOf(mine).shape as readonly [unknown, number];
    say("hint", teacher.body.features, [teacher.body.width]);
    asks.push("features");
    const [weight, bias] = regressor([teacher.body.width, width]);
    const regressed = new Builder(student, "engraft/regressor").gemm(mine, weight, bias, { transB: true });
    return hints(regressed, [teacher.body.width], values.hintWeight);
  }

  /** Fresh weights, σ² = 1 / fan-in: nothing that is bent follows. */
  function regressor(dims: readonly number[]): [Value, Value] {
    const draw = draws(seed, "initial weights", regressorValues.weight);
    const sigma = 1 / Math.sqrt(dims[1]!);
    const data = Float32Array.from({ length: sizeOf(dims) }, () => sigma * draw.normal());
    const weight = student.initializer(regressorValues.weight, float32(dims, data));
    const bias = student.initializer(regressorValues.bias, float32([dims[0]!], new Float32Array(dims[0]!)));
    regressors.push(weight, bias);
    return [weight, bias];
  }
}

/** A strategy's plan with the teacher's terms in the loss; regressors move at the head's rate. */
export function withTeacher(
  plan: TrainingPlan,
  distillation: Distillation,
  request: PlanRequest,
): TrainingPlan {
  const { student, regressors, penalties, labels, words } = distillation;
  const group = plan.groups.length;
  const head = plan.groups.find(({ name }) => name === "head");
  const sizes = regressors.map((value) => sizeOf(student.initializers.get(value)!.dims));
  return {
    ...plan,
    penalties: [...(plan.penalties ?? []), ...penalties],
    labels,
    ...(regressors.length > 0 && {
      trainable: [
        ...plan.trainable,
        ...regressors.map((value) => ({ value, group, decay: value === regressorValues.weight })),
      ],
      groups: [
        ...plan.groups,
        {
          name: "regressor of the hint",
          rate: head?.rate ?? request.rate ?? usual.rate,
          parameters: sizes.reduce((a, b) => a + b),
          values: regressors.length,
        },
      ],
    }),
    words: `${plan.words}, from a teacher: ${words}`,
  };
}
