/* Where the page starts: letters and colours, the language, and the one screen the path asks for. */

import './design/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { speak } from './words/say'

async function begin(): Promise<void> {
  await speak(document.documentElement.lang)
  const target = document.getElementById('app')
  if (target) mount(App, { target })
}

void begin()
