import type { Value } from "../../node.js";
import type { Expand } from "./expansion.js";
import { type Cell, parts, project, unroll } from "./recurrent.js";

// h' = f(x Wᵀ + h Rᵀ + b)
const rnn: Cell = {
  gates: 1,
  activations: ["Tanh"],
  begin({ g }, x, { w, r, biases, functions: [f], clip }) {
    const back = g.transpose(r, [1, 0]);
    return {
      shares: [project(g, x, w, biases && g.add(...biases))],
      step: ([share], { h }) => ({
        h: f!(clip(h === undefined ? share! : g.add(share!, g.matmul(h, back)))),
      }),
    };
  },
};

// z = f(x Wzᵀ + h Rzᵀ + b)   r = f(x Wrᵀ + h Rrᵀ + b)   n = g(x Wnᵀ + bw + (r h) Rnᵀ + br)   h' = (1 - z) n + z h
// With linear_before_reset: n = g(x Wnᵀ + bw + r (h Rnᵀ + br)).
const gru: Cell = {
  gates: 3,
  activations: ["Sigmoid", "Tanh"],
  begin({ g, a }, x, { w, r, biases, hidden, functions: [f, tanh], clip }) {
    const resetLast = a.flag("linear_before_reset") ?? false;
    const sizes = [2 * hidden, hidden];
    const rows = g.nodes("Split", [r, g.ints(sizes)], { axis: 0 }, 2);
    const [backZr, backN] = rows.map((part) => g.transpose(part, [1, 0])) as [Value, Value];
    const [biasZr, biasN] = biases ? (parts(g, biases[1], sizes) as [Value, Value]) : [undefined, undefined];
    const [zr, n] = parts(g, project(g, x, w, biases?.[0]), sizes) as [Value, Value];
    const plus = (v: Value, bias: Value | undefined): Value => (bias === undefined ? v : g.add(v, bias));
    return {
      shares: [plus(zr, biasZr), resetLast ? n : plus(n, biasN)],
      step([shareZr, shareN], { h }) {
        const both = h === undefined ? shareZr! : g.add(shareZr!, g.matmul(h, backZr));
        const [z, reset] = parts(g, f!(clip(both)), [hidden, hidden]) as [Value, Value];
        let sum = shareN!;
        if (resetLast) {
          const linear = h === undefined ? biasN : plus(g.matmul(h, backN), biasN);
          if (linear !== undefined) sum = g.add(sum, g.mul(reset, linear));
        } else if (h !== undefined) sum = g.add(sum, g.matmul(g.mul(reset, h), backN));
        const fresh = tanh!(clip(sum));
        // (1 - z) n + z h = n + z (h - n)
        return {
          h: h === undefined ? g.sub(fresh, g.mul(z, fresh)) : g.add(fresh, g.mul(z, g.sub(h, fresh))),
        };
      },
    };
  },
};

// i = f(x Wiᵀ + h Riᵀ + Pi c + b)   f = f(x Wfᵀ + h Rfᵀ + Pf c + b)   n = g(x Wnᵀ + h Rnᵀ + b)
// c' = f c + i n                    o = f(x Woᵀ + h Roᵀ + Po c' + b)  h' = o h(c')
// With input_forget: f = 1 - i.
const lstm: Cell = {
  gates: 4,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  cell: { initial: 6, peepholes: 7 },
  begin({ g, a }, x, { w, r, biases, peepholes, hidden, functions: [f, cellIn, cellOut], clip }) {
    const coupled = a.flag("input_forget") ?? false;
    const back = g.transpose(r, [1, 0]);
    const [pi, po, pf] = peepholes ? parts(g, peepholes, [hidden, hidden, hidden]) : [];
    const peep = (gate: Value, weight: Value | undefined, c: Value | undefined): Value =>
      weight === undefined || c === undefined ? gate : g.add(gate, g.mul(weight, c));
    return {
      shares: [project(g, x, w, biases && g.add(...biases))],
      step([share], { h, c }) {
        const all = h === undefined ? share! : g.add(share!, g.matmul(h, back));
        const [i, o, forget, n] = parts(g, all, [hidden, hidden, hidden, hidden]) as [
          Value,
          Value,
          Value,
          Value,
        ];
        const input = f!(clip(peep(i, pi, c)));
        const added = g.mul(input, cellIn!(clip(n)));
        const keep = (): Value =>
          coupled ? g.sub(g.number(1, input), input) : f!(clip(peep(forget, pf, c)));
        const next = c === undefined ? added : g.add(g.mul(keep(), c), added);
        const output = f!(clip(peep(o, po, next)));
        return { h: g.mul(output, cellOut!(next)), c: next };
      },
    };
  },
};

/** ONNX's recurrent operators, unrolled over a known number of steps. */
export const recurrent = {
  LSTM: (e) => unroll(e, lstm),
  GRU: (e) => unroll(e, gru),
  RNN: (e) => unroll(e, rnn),
} satisfies Record<string, Expand>;
