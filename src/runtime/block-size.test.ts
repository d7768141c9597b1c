import { afterAll, expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { findBlockSize } from "./block-size.js";
import { nodeRuntime } from "./ort-node.js";
import type { Runtime, Session } from "./runtime.js";

const runtime = await nodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

test("is 16, 8 or 1, and the same when asked again", async () => {
  const size = await runtime.blockSize!();
  expect([16, 8, 1]).toContain(size);
  expect(await runtime.blockSize!()).toBe(size);
});

test("is 1 where blocked convolutions cannot be loaded", async () => {
  let refused = 0;
  const without: Runtime = {
    ...runtime,
    session(model, options) {
      if (!new TextDecoder().decode(model).includes("nchwc")) return runtime.session(model, options);
      refused++;
      return Promise.reject(new EngraftError("ModelError", "no such domain"));
    },
  };
  expect(await findBlockSize(without)).toBe(1);
  expect(refused).toBe(2);
});

test("is 1 where blocked convolutions give something else", async () => {
  const wrong: Runtime = {
    ...runtime,
    async session(model, options): Promise<Session> {
      const blocked = new TextDecoder().decode(model).includes("nchwc");
      const session = await runtime.session(model, options);
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        dispose: () => session.dispose(),
        async run(feeds) {
          const out = await session.run(feeds);
          if (blocked) for (const t of Object.values(out)) (t.data as Float32Array)[7]! += 1;
          return out;
        },
      };
    },
  };
  expect(await findBlockSize(wrong)).toBe(1);
});
