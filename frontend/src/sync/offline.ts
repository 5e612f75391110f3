// Lets the page start without a network, where the browser allows it: in a secure context. On plain
// http in a hall there is no service worker; an open page then works on without one.

import { at } from '../below'

/** What the page has loaded before its worker could see it. */
interface Keeping {
  keep: string[]
}

export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !globalThis.isSecureContext) return
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker
    .register(trusted(at('/sw.js')))
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => {
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
      active?.postMessage({ keep: loaded } satisfies Keeping)
    })
    .catch(() => {
      // Without it everything works, but not the first opening without a network.
    })
}

/** Takes the pages that were kept for starting without a network off this device. */
export async function forgetPages(): Promise<void> {
  try {
    for (const name of await caches.keys()) {
      const [kind = '', root = '/'] = name.split(' ') // the rest of a website keeps its own
      if (kind.startsWith('opgavebord') && root === at('/')) await caches.delete(name)
    }
  } catch {
    // Not every browser has them, and there is nothing of a sprint in them.
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string
  }
}

/** Under a policy that asks for trusted types, this one address is. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('opgavebord-worker', { createScriptURL: same => same })
  return policy ? policy.createScriptURL(url) : url
}
