import { route } from "../store/route.js";
import type { Store } from "../store/store.js";

/**
 * Registers the service worker of the static home: the page then works offline. If the host sends no isolation headers, the page
 * loads once more, with those of the worker. It does not reload after the user touched it, or with an open project.
 */
export async function registerWorker(store: Store): Promise<void> {
  const { serviceWorker, userActivation } = navigator;
  if (!serviceWorker) return;
  try {
    if (!(await serviceWorker.register("sw.js"))) return;
    await serviceWorker.ready;
    const isUntouched =
      route.value.page === "start" && !store.project.value && !userActivation?.hasBeenActive;
    if (crossOriginIsolated || !isUntouched || sessionStorage.getItem("engraft-isolated") !== null) return;
    sessionStorage.setItem("engraft-isolated", "tried");
    location.reload();
  } catch {
    // Without the worker the page works with one thread, and needs its host.
  }
}
