// Shows a diagram wherever a page asks for one: <figure data-diagram-url="…" data-path='{…}'>; replays and compares them too.
import { mount } from './diagrams.js';
import { mountReplay } from './replays.js';
import { keepTogether } from './comparisons.js';

async function show(place) {
  const diagram = await mount(place);
  document.querySelectorAll(`[data-replay="${CSS.escape(place.id)}"]`).forEach((controls) => mountReplay(controls, diagram));
  return diagram;
}

async function start() {
  const places = [...document.querySelectorAll('[data-diagram-url]')];
  const [together, alone] = [places.filter((place) => place.dataset.together), places.filter((place) => !place.dataset.together)];
  alone.forEach(show);
  if (together.length) keepTogether((await Promise.all(together.map(show))).filter(Boolean));
}

start();
