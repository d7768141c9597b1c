import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { inPlaceForms } from "./conformance-graphs.js";
import { nodeRuntime } from "./ort-node.js";
import { Thread } from "./ort-node-thread.js";
import { runtimeConformance } from "./runtime.conformance.js";
import { canWriteInPlace } from "./write-in-place.js";

runtimeConformance("Node", () => nodeRuntime({ threads: 1 }), inPlaceForms);
runtimeConformance("Node on WebAssembly", () => nodeRuntime({ threads: 2, package: "onnxruntime-web" }));

test("the installed runtime writes outputs in place", async () => {
  expect(await canWriteInPlace(await import("onnxruntime-node"))).toBe(true);
});

/** A chain of matrix products, n³ multiplications each, of about `seconds`. */
function slow(size: number, length: number): Uint8Array {
  const graph = new Graph("slow");
  const g = new Builder(graph);
  let x = graph.input("x", { dtype: "float32", shape: [size, size] });
  for (let i = 0; i < length; i++) x = g.matmul(x, "x");
  graph.outputs.push(x);
  return toOnnx(graph);
}

test("the main thread stays free while a run lasts", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(slow(512, 60));
  const x = float32([512, 512], new Float32Array(512 * 512));
  const order: string[] = [];
  const run = session.run({ x }).then(() => order.push("the run ended"));
  // If the run blocked the event loop, it would end before the loop has turned three times.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    order.push("the loop turned");
  }
  await run;
  expect(order.at(-1)).toBe("the run ended");
  await runtime.close();
});

test("transferred feeds are handed over, others stay", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(slow(2, 1));
  const x = float32([2, 2], [1, 2, 3, 4]);
  await session.run({ x });
  expect(x.data.length).toBe(4);
  await session.run({ x }, undefined, { transfer: true });
  expect(x.data.length).toBe(0);
  await runtime.close();
});

test("a model's file is handed over where it is given away, and stays otherwise", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const file = slow(2, 1);
  const { length } = file;
  await runtime.session(file);
  expect(file.length).toBe(length);
  const session = await runtime.session(file, { transfer: true });
  expect(file.length).toBe(0);
  const x = float32([2, 2], [1, 0, 0, 1]);
  expect([...Object.values(await session.run({ x }))[0]!.data]).toEqual([1, 0, 0, 1]);
  await runtime.close();
});

test("a number of threads that makes no sense is refused", async () => {
  await expect(nodeRuntime({ threads: 0 })).rejects.toThrow("threads is 0");
});

test("after close every call is an error, not a hang", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(slow(2, 1));
  await runtime.close();
  await runtime.close();
  await expect(session.run({ x: float32([2, 2], [1, 2, 3, 4]) })).rejects.toThrow("the runtime was closed");
  await expect(runtime.session(slow(2, 1))).rejects.toThrow(EngraftError);
});

/** Runs a script in a separate Node process with the built runtime; `work` is a model that takes a while. */
async function script(body: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const dist = new URL("../../dist/runtime/ort-node.js", import.meta.url);
  const model = Buffer.from(slow(700, 60)).toString("base64");
  const source = `
    import { nodeRuntime } from ${JSON.stringify(dist.href)};
    const runtime = await nodeRuntime({ threads: 1 });
    const session = await runtime.session(Buffer.from("${model}", "base64"));
    const x = { dtype: "float32", dims: [700, 700], data: new Float32Array(490000) };
    ${body}`;
  try {
    const run = promisify(execFile);
    return { code: 0, ...(await run(process.execPath, ["--input-type=module", "-e", source])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test("an idle runtime does not keep the process alive, and ends without a word", async () => {
  expect(await script("await session.run({ x }); console.log('done');")).toEqual({
    code: 0,
    stdout: "done\n",
    stderr: "",
  });
});

test("close is over when the thread is gone, and what follows it still happens", async () => {
  expect(await script("await runtime.close(); console.log('closed');")).toEqual({
    code: 0,
    stdout: "closed\n",
    stderr: "",
  });
});

test("the process may exit in the middle of a run: with its own exit code and no abort", async () => {
  const { code, stderr } = await script("session.run({ x }); setTimeout(() => process.exit(3), 30);");
  expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
});

test("an error that nobody catches ends the process as usual in the middle of a run", async () => {
  const { code, stderr } = await script(
    "session.run({ x }); setTimeout(() => { throw new Error('mine') }, 30);",
  );
  expect(code).toBe(1);
  expect(stderr).toContain("Error: mine");
  expect(stderr).not.toContain("terminate called");
});

test("when the thread stops, everything that waits for an answer gets an error, and so does what comes later", async () => {
  const crash =
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('boom') })";
  const thread = new Thread(new URL(`data:text/javascript,${encodeURIComponent(crash)}`));
  const asked = [
    thread.ask("hello", { threads: 1, packages: [], version: "0", device: "cpu" }),
    thread.ask("close", {}),
  ];
  for (const answer of [
    ...(await Promise.allSettled(asked)),
    ...(await Promise.allSettled([thread.ask("close", {})])),
  ]) {
    expect(answer.status).toBe("rejected");
    const { reason } = answer as PromiseRejectedResult;
    expect((reason as EngraftError).format()).toBe(
      "InternalError: the runtime's thread stopped: boom\n" +
        "  help: if memory was short, use a smaller batch; otherwise please report this with the command you ran",
    );
  }
  await thread.end();
});
