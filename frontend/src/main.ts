/* Where the page starts: letters and colours, the language, and the one screen the path asks for. */

import './design/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { registerServiceWorker } from './sync/offline'
import { speak } from './words/say'

const CALM_MS = 2_500

async function begin(): Promise<void> {
  await speak(document.documentElement.lang)
  const target = document.getElementById('app')
  if (target) mount(App, { target })
  // After the first screen stands: what it loaded is then kept for starting without a network.
  const settled = () => setTimeout(registerServiceWorker, CALM_MS)
  addEventListener('load', settled, { once: true })
  if (document.readyState === 'complete') settled()
}

void begin()
