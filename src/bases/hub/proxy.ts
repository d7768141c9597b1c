import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";

/** The proxies that the environment names, as other programs read them: the lower case wins. */
interface Proxies {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
}

/**
 * Returns the `fetch` for requests to the hub: through the proxy that HTTPS_PROXY or HTTP_PROXY names, except for the
 * hosts in NO_PROXY.
 * @throws OptionError for a proxy that is not an address
 */
export async function hubFetch(platform: Platform): Promise<typeof fetch> {
  const proxies = proxiesOf(platform);
  if (proxies.httpProxy === undefined && proxies.httpsProxy === undefined) return fetch;
  const { EnvHttpProxyAgent, fetch: fetchWith } = await import("undici");
  const dispatcher = new EnvHttpProxyAgent({
    ...(proxies.httpProxy !== undefined && { httpProxy: proxies.httpProxy }),
    ...(proxies.httpsProxy !== undefined && { httpsProxy: proxies.httpsProxy }),
    noProxy: proxies.noProxy ?? "",
  });
  // Both are the same function, declared once by Node and once by the package.
  const through = fetchWith as unknown as (input: unknown, init: object) => Promise<Response>;
  return (input, init) => through(input, { ...init, dispatcher });
}

/** Returns the host and port of the proxy that the environment names, without name and password; undefined if none. */
export function proxyHost(platform: Platform): string | undefined {
  const { httpProxy, httpsProxy } = proxiesOf(platform);
  const proxy = httpsProxy ?? httpProxy;
  return proxy === undefined ? undefined : new URL(proxy).host;
}

function proxiesOf({ env }: Platform): Proxies {
  return {
    httpProxy: proxyIn("HTTP_PROXY", env),
    httpsProxy: proxyIn("HTTPS_PROXY", env),
    noProxy: env("no_proxy") ?? env("NO_PROXY"),
  };
}

function proxyIn(name: string, env: Platform["env"]): string | undefined {
  const value = env(name.toLowerCase()) ?? env(name);
  if (value === undefined) return undefined;
  const address = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new EngraftError("OptionError", `${name} is not the address of a proxy`, {
    at: `environment variable ${name}`,
    help: "give an address such as http://proxy.example:3128, or unset it",
  });
}
