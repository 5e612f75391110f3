/* Which part of a website is ours: `/bord` of https://gemeente.nl/bord, or nothing. A built file
   knows where it was loaded from, so no page has to say it. */

export const rootOf = (file: string): string =>
  /^\w+:\/\/[^/]*(.*)\/assets\/[^/]*$/.exec(file)?.[1] ?? ''

const ROOT = rootOf(import.meta.url)

/** The address of a path of ours: `/wand` is `/bord/wand`. */
export const at = (path: string, root = ROOT): string => root + path

/** The path of ours that an address has: `/bord/wand` is `/wand`. */
export const inside = (address: string, root = ROOT): string =>
  address === root || address.startsWith(`${root}/`) ? address.slice(root.length) : address
