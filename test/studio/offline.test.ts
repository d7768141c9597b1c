// The studio on a web host without headers, and without its host: what the service worker does.
// @module-tag thorough
import { expect, test } from "vitest";
import { type StudioTab, setUpStudio, startStudioSite, watchFaults } from "./studio-tab.js";

const its = setUpStudio(() => startStudioSite({ fake: true }));

/** Opens the studio, and waits until the service worker has loaded it once more. Nothing is asked of the page before: that would count as use. */
async function openIsolated(url: string): Promise<StudioTab> {
  const context = await its.browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  const faults = watchFaults(page, url);
  const twice = new Promise<void>((resolve) => {
    let loads = 0;
    page.on("load", () => ++loads === 2 && resolve());
  });
  await page.goto(url);
  await twice;
  return { page, faults, close: () => context.close() };
}

test("a host without headers: the page is loaded once more and is isolated, then works without its host", async () => {
  const host = await startStudioSite({ fake: true });
  const { page, close } = await openIsolated(host.url);
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  await page.waitForURL(/samples/);
  const library = await page.evaluate<string>(
    "import(new URL('package/dist/browser/engraft.js', document.baseURI).href).then((m) => typeof m.connect)",
  );
  expect(library).toBe("function");
  await host.close();
  await page.goto(`${host.url}#/`);
  await page.reload();
  await page.getByText("Texts · 180 samples").waitFor();
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  expect(
    await page.evaluate(
      "import(new URL('package/dist/browser/engraft.js', document.baseURI).href).then((m) => typeof m.connect)",
    ),
  ).toBe("function");
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByText("发给商店的消息").first().waitFor();
  await close();
});

test("an open project is loaded as a whole: base, library and runtime are there without the host, although nothing used them", async () => {
  const host = await startStudioSite({ fake: true });
  const { page, close } = await openIsolated(host.url);
  await page.getByRole("button", { name: /^Sounds From/ }).click();
  await page.getByRole("heading", { name: "Samples" }).waitFor();
  const isKept = (path: string) => page.evaluate(`caches.match("${path}").then(Boolean)`);
  await expect.poll(() => isKept("ort/ort-wasm-simd-threaded.wasm")).toBe(true);
  await host.close();
  const offline = await page.evaluate(`(async () => {
    const library = await (await fetch("library.json")).json();
    const paths = [...library.map((name) => "package/dist/browser/" + name), "package/assets/audio-mini/onnx/model.onnx"];
    const answers = await Promise.all(paths.map((path) => fetch(path).then((answer) => answer.ok, () => false)));
    return answers.every(Boolean);
  })()`);
  expect(offline).toBe(true);
  expect(await isKept("package/assets/text-mini/onnx/model.onnx")).toBe(false);
  await close();
});

test("a report is answered from the cache of the page: its scripts run, and it reaches nothing of the page", async () => {
  const { page, faults, close } = await openIsolated(its.site.url);
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  const said = await page.evaluate<string>(`(async () => {
    const cache = await caches.open("engraft-reports");
    const html = "<p>a</p><script>let own = 'own'; try { own = parent.document.title; } catch {} parent.postMessage(origin + ' ' + own, '*')</script>";
    await cache.put("reports/a", new Response(html));
    const said = new Promise((resolve) => addEventListener("message", ({ data }) => resolve(data)));
    const frame = document.createElement("iframe");
    frame.src = "reports/a";
    document.body.append(frame);
    return await said;
  })()`);
  expect(said).toBe("null own");
  expect(await page.evaluate("fetch('reports/b').then((r) => r.status)")).toBe(404);
  expect(faults.filter((text) => !text.includes("404"))).toEqual([]);
  await close();
});

test("answers of a server are never stored", async () => {
  const { page, close } = await openIsolated(its.site.url);
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  await page.evaluate("fetch('api/runs')");
  const stored = await page.evaluate<string[]>(`(async () => {
    const names = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) names.push(new URL(url).pathname);
    return names;
  })()`);
  expect(stored).toContain("/main.js");
  expect(stored.filter((path) => path.includes("api"))).toEqual([]);
  await close();
});

test("the runtime starts on a host that does not know the ending .mjs", async () => {
  const host = await startStudioSite({ fake: true, types: { ".mjs": "application/octet-stream" } });
  const { page, close } = await openIsolated(host.url);
  const runtime = "import(new URL('ort/ort.wasm.min.mjs', document.baseURI).href)";
  expect(await page.evaluate(`${runtime}.then((m) => typeof m.InferenceSession)`)).toBe("function");
  await close();
  await host.close();
});
