// Service worker of the static home: isolation headers, the page offline, and reports at addresses of their own.
export {};

interface Extendable extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetched extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
declare const self: EventTarget & {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
};
/** The build script writes it: a hash of the files of this version, and the names of those that make the page. */
declare const build: { readonly version: string; readonly files: readonly string[] };

const prefix = "engraft-studio-";
const cacheName = `${prefix}${build.version}`;
/** Reports that the page made, by their address `reports/NAME`. */
const reportsCache = "engraft-reports";
/** They let the page share memory with its workers, which run on several threads then. */
const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

self.addEventListener("install", (event) => {
  const fill = async (): Promise<void> => {
    const cache = await caches.open(cacheName);
    await cache.addAll([".", ...build.files].map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  };
  (event as Extendable).waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    // Open pages of the version before this one may still ask for its files.
    const versions = (await caches.keys()).filter((name) => name.startsWith(prefix));
    await Promise.all(versions.slice(0, -2).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  (event as Extendable).waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event as Fetched;
  const { scope } = self.registration;
  if (request.method !== "GET" || !request.url.startsWith(scope)) return;
  const path = request.url.slice(scope.length);
  if (path.startsWith("api/")) return;
  (event as Fetched).respondWith(path.startsWith("reports/") ? report(request) : answer(request));
});

/** Answers from the cache of this version; a page from its host first. Without a host, anything that was ever loaded helps. */
async function answer(request: Request): Promise<Response> {
  const own = request.mode !== "navigate" && (await caches.match(request, { cacheName }));
  if (own) return isolated(own);
  const response = await fetched(request).catch(() => undefined);
  if (response?.ok) return isolated(response);
  // Also the files of the version before this one, which an open page may still ask for.
  const earlier = await caches.match(request);
  return earlier || response ? isolated((earlier ?? response)!) : Response.error();
}

async function fetched(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.ok && response.type === "basic") {
    const cache = await caches.open(cacheName);
    // A full storage must not stop the page.
    await cache.put(request, response.clone()).catch(() => {});
  }
  return response;
}

const isolated = (response: Response, more: Readonly<Record<string, string>> = {}): Response => {
  const headers = new Headers(response.headers);
  // Many hosts do not know this ending, and a browser runs no module of another type.
  if (response.url.endsWith(".mjs")) headers.set("content-type", "text/javascript");
  for (const [name, value] of Object.entries({ ...isolation, ...more })) headers.set(name, value);
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers });
};

/** A report runs its scripts, reaches nothing of the page, and loads nothing. */
async function report(request: Request): Promise<Response> {
  const stored = await caches.match(request, { cacheName: reportsCache });
  if (!stored) return new Response("There is no such report.", { status: 404 });
  const own = "default-src 'none'; img-src data: blob:; media-src data: blob:; font-src data:";
  const policy = `sandbox allow-scripts; ${own}; script-src 'unsafe-inline'; style-src 'unsafe-inline'`;
  return isolated(stored, { "content-security-policy": policy, "content-type": "text/html; charset=utf-8" });
}
