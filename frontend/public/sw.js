// The service worker: the page and its hashed assets, for opening without a network. Nothing else is
// ever kept here: what people write is in IndexedDB, and /api and /ws go past.
//
// A page is asked of the server first, so that a new version is seen at once; assets have their
// contents in their name, so one that is kept is right for ever.
//
// Below a path of somebody's website (`/bord/sw.js`) it looks after that path alone, and what other
// pages of that website keep is not touched.

const ROOT = new URL('./', self.location.href).pathname
const CACHE = `opgavebord-2 ${ROOT}`
const PAGE = ROOT
const PATIENCE_MS = 3_000 // a network that answers nothing is no network
const ASSETS_MOST = 150 // of some versions; the oldest go first

self.addEventListener('install', event => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then(cache => cache.add(new Request(PAGE, { cache: 'reload' })))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', event => {
  event.waitUntil(
    caches
      .keys()
      .then(names => Promise.all(names.filter(isOld).map(name => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

// What the page loaded before this worker looked after it, and the screens it has not shown yet.
self.addEventListener('message', event => {
  const urls = Array.isArray(event.data?.keep) ? event.data.keep : []
  event.waitUntil(keepAll(urls.filter(url => isAsset(new URL(url)))))
})

self.addEventListener('fetch', event => {
  const { request } = event
  if (request.method !== 'GET') return
  const url = new URL(request.url)
  if (isAsset(url)) event.respondWith(asset(request.url))
  else if (request.mode === 'navigate' && isPage(url)) event.respondWith(page(request))
})

/** Of an earlier worker of this path; the first one had no path in its name. */
function isOld(name) {
  const [kind, root = '/'] = name.split(' ')
  return /^opgavebord-\d+$/.test(kind) && root === ROOT && name !== CACHE
}

/** The part below our path, or null where somebody else is asked. */
function inside(url) {
  const ours = url.origin === self.location.origin && url.pathname.startsWith(ROOT)
  return ours ? url.pathname.slice(ROOT.length) : null
}

function isAsset(url) {
  return inside(url)?.startsWith('assets/') ?? false
}

function isPage(url) {
  const path = inside(url)
  return path !== null && /^($|s\/|wand($|\/)|regie($|\/))/.test(path)
}

async function asset(url) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(url)
  if (kept) return kept
  const answer = await fetch(url)
  if (answer.ok) {
    await cache.put(url, answer.clone())
    const assets = (await cache.keys()).filter(request => isAsset(new URL(request.url)))
    const oldest = assets.slice(0, Math.max(0, assets.length - ASSETS_MOST))
    await Promise.all(oldest.map(request => cache.delete(request)))
  }
  return answer
}

/** These, and every asset that they name: a screen that was never opened opens offline too. */
async function keepAll(urls) {
  const seen = new Set(urls)
  for (const url of seen) {
    const answer = await asset(url)
    if (!answer.ok || !url.endsWith('.js')) continue
    const text = await answer.text()
    for (const [, name] of text.matchAll(/["'`](?:\.\/|\/?assets\/)([\w.-]+\.(?:js|css))["'`]/g)) {
      seen.add(new URL(`${ROOT}assets/${name}`, self.location.origin).href)
    }
  }
}

/** Every page is the same file; the path says which screen it shows. */
async function page(request) {
  const cache = await caches.open(CACHE)
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (answer.ok) await cache.put(PAGE, answer.clone())
    if (answer.status < 500) return answer
  } catch {
    // no network
  }
  return (await cache.match(PAGE)) ?? Response.error()
}
