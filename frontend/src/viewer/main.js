// Shows a diagram wherever a page asks for one: <figure data-diagram-url="…" data-path='{…}'>; replays and compares them too.
import { mount } from './diagrams.js';
import { mountReplay } from './replays.js';
import { keepTogether } from './comparisons.js';

async function start() {
  const places = [...document.querySelectorAll('[data-diagram-url]')];
  const diagrams = new Map();
  await Promise.all(places.map(async (place) => diagrams.set(place.id, await mount(place))));
  document.querySelectorAll('[data-replay]').forEach((controls) => mountReplay(controls, diagrams.get(controls.dataset.replay)));
  keepTogether([...diagrams.values()].filter((diagram) => diagram?.place.dataset.together));
}

start();
