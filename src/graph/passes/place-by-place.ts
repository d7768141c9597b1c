/** Operators whose output elements depend only on the inputs at the same place, and on scalars. */
export const placeByPlace: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Neg", "Abs", "Min", "Max", "Where"],
  ...["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Not", "Cast"],
  ...[
    "Relu",
    "LeakyRelu",
    "Clip",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Tanh",
    "Exp",
    "Sqrt",
    "Softplus",
    "Erf",
  ],
]);
