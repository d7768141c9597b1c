import { afterEach, beforeEach, expect, test, vi } from "vitest";

const vm = vi.hoisted(() => ({ runInNewContext: vi.fn() }));
vi.mock("node:vm", () => vm);
vi.mock("node:v8", () => ({ setFlagsFromString: vi.fn() }));

beforeEach(() => {
  vi.resetModules();
  vm.runInNewContext.mockReset();
});
afterEach(() => vi.unstubAllGlobals());
const load = async () => (await import("./node-collect.js")).collect;

test("runs Node's collector, which is looked up once", async () => {
  const gc = vi.fn();
  vm.runInNewContext.mockReturnValue(gc);
  const collect = await load();
  collect();
  collect();
  expect(gc).toHaveBeenCalledTimes(2);
  expect(vm.runInNewContext).toHaveBeenCalledTimes(1);
});

test("does nothing without a collector, as in contexts of Bun", async () => {
  vm.runInNewContext.mockImplementation(() => {
    throw new ReferenceError("gc is not defined");
  });
  const collect = await load();
  expect(() => collect()).not.toThrow();
  collect();
  expect(vm.runInNewContext).toHaveBeenCalledTimes(1);
});

test("runs Bun's collector at once, and asks for no context of Node's", async () => {
  const gc = vi.fn();
  vi.stubGlobal("Bun", { gc });
  const collect = await load();
  collect();
  expect(gc).toHaveBeenCalledWith(true);
  expect(vm.runInNewContext).not.toHaveBeenCalled();
});
