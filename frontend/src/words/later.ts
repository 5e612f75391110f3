/* Fetched together with a screen that says and does more than the first one: see `App.svelte`. */

import '../sprint/predict_later'
import { nlLater } from './nl_later'
import { learn } from './say'

learn(nlLater)

/** A screen, and the words it needs. */
export type Later = typeof nlLater
