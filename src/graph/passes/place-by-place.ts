/** Operators whose every number depends on the numbers at the same place only, and on scalars. */
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
