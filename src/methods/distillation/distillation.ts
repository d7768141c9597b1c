import type { Body } from "../../bases/body.js";
import { groupName, type Message, message } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { attentionMap, pooledTo } from "../../losses/feature-maps.js";
import type { Penalty } from "../../train/objectives/objective.js";
import { attention, hints, relations, softTargets } from "../../train/objectives/teacher.js";
import { featuresOf } from "../body-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { usual } from "../recipe.js";
import { commonSize, type Maps, middleOf, stageMaps } from "./maps.js";
import type { DistillMethod, DistillValues } from "./settings.js";

/** A teacher, split for distillation. */
export interface Teacher {
  /** Its name in messages. */
  readonly name: string;
  /** Images in; its logits are kept if they are used. */
  readonly body: Body;
  /** Logits float32[batch, Z]; missing if its classes differ. */
  readonly scores?: Value;
  /** For each class of the data, the index of its logit. */
  readonly order?: readonly number[];
}

/** A part of the teacher's output for an image, and its place in the teacher's row. */
export interface TeacherPart {
  readonly name: string;
  readonly shape: readonly number[];
  readonly first: number;
  readonly size: number;
}

/** Terms of a student's loss, and the teacher's outputs that they need. */
export interface Distillation {
  /** Images (as the teacher takes them) -> one row of all its parts, float32[batch, width]. */
  readonly teacher: Graph;
  readonly parts: readonly TeacherPart[];
  readonly width: number;
  /** The student, with regressors if hints need them. */
  readonly student: Graph;
  /** Weights of the regressors: they train, and are not in the exported model. */
  readonly regressors: readonly Value[];
  readonly penalties: readonly Penalty[];
  /** Weight of the labels' cross-entropy. */
  readonly labels: number;
  /** What the student learns from the teacher. */
  readonly recipe: readonly Message[];
  /** Key of the teacher's outputs: weights and temperatures do not change them. */
  readonly asks: string;
}

/** Names of a regressor's weights in the student. */
const regressorValues = { weight: "engraft/regressor/weight", bias: "engraft/regressor/bias" } as const;

/** Teacher and student while terms are added. */
interface Building {
  readonly teacher: Teacher;
  readonly values: DistillValues;
  readonly seed: number;
  readonly classes: number;
  readonly student: Graph;
  /** Adds nodes to the teacher's graph. */
  readonly g: Builder;
  /** Feature maps at the ends of the stages of student and teacher, if a method compares them. */
  readonly maps: { readonly student: readonly Maps[]; readonly teacher: readonly Maps[] };
  readonly regressors: Value[];
  /** Adds a part to the teacher's row. */
  addPart(name: string, value: Value, shape: readonly number[]): void;
}

/** A method's term of the loss; `asks`: what it needs of the teacher. */
interface Term {
  readonly penalty: Penalty;
  readonly message: Message;
  readonly asks: string;
}

/** The term of each method, in the order of the teacher's row. */
const terms: Readonly<Record<DistillMethod, (b: Building) => Term>> = {
  soft(b) {
    const { alpha, temperature } = b.values;
    const scores = b.teacher.scores!;
    const order = b.teacher.order ?? Array.from({ length: b.classes }, (_, i) => i);
    const sorted = order.every((z, i) => z === i) ? scores : b.g.gather(scores, b.g.ints(order), 1);
    b.addPart("teacher", sorted, [b.classes]);
    return {
      asks: `scores ${scores} in the order ${order.join(" ")}`,
      penalty: softTargets(b.classes, temperature, alpha),
      message: message("teacher-soft", { alpha, temperature }),
    };
  },
  hints(b) {
    const middle = b.values.hint === "middle";
    return {
      ...(middle ? hintsOfMaps(b) : hintsOfFeatures(b)),
      message: message("teacher-hints", { from: b.values.hint, beta: b.values.hintWeight }),
    };
  },
  attention(b) {
    const { attentionWeight, power } = b.values;
    const { student, teacher } = b.maps;
    const count = Math.min(student.length, teacher.length);
    const pairs = Array.from({ length: count }, (_, i) => {
      const [mine, its] = [student[student.length - count + i]!, teacher[teacher.length - count + i]!];
      return { maps: mine.value, size: commonSize(mine, its), teacher: its.value };
    });
    const maps = pairs.map(({ teacher: value, size }) =>
      attentionMap(b.g, pooledTo(b.g, value, size), { power }),
    );
    b.addPart("attention", b.g.concat(maps, 1), [pairs.reduce((n, { size: [h, w] }) => n + h * w, 0)]);
    return {
      asks: `attention p ${power} of ${pairs.map((pair) => pair.teacher).join(" ")}`,
      penalty: attention(pairs, power, attentionWeight),
      message: message("teacher-attention", { stages: count, beta: attentionWeight, power }),
    };
  },
  relational(b) {
    const { distance, angle } = b.values;
    const { features, width } = b.teacher.body;
    b.addPart("features", features, [width]);
    return {
      asks: "features",
      penalty: relations(featuresOf(b.student), width, { distance, angle }),
      message: message("teacher-relations", { distance, angle }),
    };
  },
};

/**
 * Combines teacher and student for some methods. The loss of the student is
 *
 * (1 - α) cross-entropy + α T² KL (soft) + β_h hint + β_a attention + γ_d distances + γ_a angles,
 *
 * with the terms of the chosen methods; without `soft` the cross-entropy has weight 1.
 * @param model pixels -> logits, the student with its new head
 * @param options.seed of the regressor's initial weights
 * @throws ModelError if maps are needed and there are none
 */
export function distillationOf(
  model: Graph,
  teacher: Teacher,
  methods: readonly DistillMethod[],
  values: DistillValues,
  { seed, classes }: { readonly seed: number; readonly classes: number },
): Distillation {
  const student = model.clone();
  const graph = teacher.body.graph.clone();
  const g = new Builder(graph, "engraft/teacher");
  const parts: TeacherPart[] = [];
  const rows: Value[] = [];
  const regressors: Value[] = [];
  const width = (): number => parts.reduce((n, part) => n + part.size, 0);
  const has = (name: DistillMethod): boolean => methods.includes(name);
  const compared = has("attention") || (has("hints") && values.hint === "middle");
  const maps = {
    student: compared ? stageMaps(student, "the student") : [],
    teacher: compared ? stageMaps(graph, "the teacher") : [],
  };
  const addPart: Building["addPart"] = (name, value, shape) => {
    parts.push({ name, shape, first: width(), size: sizeOf(shape) });
    rows.push(shape.length === 1 ? value : g.flatten(value));
  };
  const building = { teacher, values, seed, classes, student, g, maps, regressors, addPart };
  const added = Object.entries(terms)
    .filter(([name]) => has(name as DistillMethod))
    .map(([, term]) => term(building));
  graph.outputs.length = 0;
  graph.outputs.push(g.concat(rows, 1));
  return {
    teacher: graph,
    parts,
    width: width(),
    student,
    regressors,
    penalties: added.map(({ penalty }) => penalty),
    labels: has("soft") ? 1 - values.alpha : 1,
    recipe: added.map((one) => one.message),
    asks: added.map(({ asks }) => asks).join(", "),
  };
}

/** A 1 × 1 convolution from the student's maps onto the teacher's channels. */
function hintsOfMaps(b: Building): Omit<Term, "message"> {
  const [mine, its] = [middleOf(b.maps.student), middleOf(b.maps.teacher)];
  const size = commonSize(mine, its);
  const shape = [its.channels, ...size];
  b.addPart("hint", pooledTo(b.g, its.value, size), shape);
  const [weight, bias] = regressor(b, [its.channels, mine.channels, 1, 1]);
  const regressed = new Builder(b.student, "engraft/regressor").conv(mine.value, weight, bias);
  return { asks: `maps ${its.value}`, penalty: hints(regressed, shape, b.values.hintWeight) };
}

/** A linear map from the student's features onto the teacher's. */
function hintsOfFeatures(b: Building): Omit<Term, "message"> {
  const { features, width } = b.teacher.body;
  const mine = featuresOf(b.student);
  const [, own] = b.student.typeOf(mine).shape as readonly [unknown, number];
  b.addPart("hint", features, [width]);
  const [weight, bias] = regressor(b, [width, own]);
  const regressed = new Builder(b.student, "engraft/regressor").gemm(mine, weight, bias, { transB: true });
  return { asks: "features", penalty: hints(regressed, [width], b.values.hintWeight) };
}

/** Returns random weights, σ² = 1 / fan-in: no activation follows. */
function regressor({ student, seed, regressors }: Building, dims: readonly number[]): [Value, Value] {
  const draw = draws(seed, "initial weights", regressorValues.weight);
  const sigma = 1 / Math.sqrt(dims[1]!);
  const data = Float32Array.from({ length: sizeOf(dims) }, () => sigma * draw.normal());
  const weight = student.initializer(regressorValues.weight, float32(dims, data));
  const bias = student.initializer(regressorValues.bias, float32([dims[0]!], new Float32Array(dims[0]!)));
  regressors.push(weight, bias);
  return [weight, bias];
}

/** Adds the teacher's terms to a strategy's plan; regressors train at the head's rate. */
export function withTeacher(
  plan: TrainingPlan,
  distillation: Distillation,
  request: PlanRequest,
): TrainingPlan {
  const { student, regressors, penalties, labels, recipe } = distillation;
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
          ...groupName(message("group-hint-regressor")),
          rate: head?.rate ?? request.rate ?? usual.rate,
          parameters: sizes.reduce((a, b) => a + b),
          values: regressors.length,
        },
      ],
    }),
    recipe: [...plan.recipe, ...recipe],
  };
}
