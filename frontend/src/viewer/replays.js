// Replays an instance on its diagram: a slider over its events, a play button, and the list of events, all three in step.
// The events stand in <script type="application/json" id="…"> as [{sequence, act, element, activity, flow}].
import { translate } from '../i18n/translate.js';

const PAUSE = 700;

export function mountReplay(controls, diagram) {
  const steps = JSON.parse(document.getElementById(controls.dataset.steps).textContent);
  const slider = controls.querySelector('input[type=range]');
  const play = controls.querySelector('[data-play]');
  const said = controls.querySelector('output');
  const rows = new Map([...document.querySelectorAll('[data-step]')].map((row) => [Number(row.dataset.step), row]));
  let timer = null;

  function show(position, { scroll = true } = {}) {
    slider.value = position;
    const step = steps[position - 1];
    diagram?.show(pathAfter(steps, position));
    rows.forEach((row, sequence) => mark(row, step, sequence));
    const row = step && rows.get(step.sequence);
    if (row && scroll) row.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' });
    said.textContent = translate('{position} of {total}', { position, total: steps.length });
    slider.setAttribute('aria-valuetext', row ? row.dataset.said : translate('before the start'));
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = translate('Play');
    play.setAttribute('aria-pressed', 'false');
  }

  function forward() {
    if (Number(slider.value) >= steps.length) return stop();
    show(Number(slider.value) + 1);
  }

  function toggle() {
    if (timer) return stop();
    if (Number(slider.value) >= steps.length) show(0);
    play.textContent = translate('Pause');
    play.setAttribute('aria-pressed', 'true');
    timer = setInterval(forward, PAUSE);
  }

  slider.max = steps.length;
  slider.addEventListener('input', () => { stop(); show(Number(slider.value)); });
  play.addEventListener('click', toggle);
  rows.forEach((row, sequence) => row.querySelector('[data-go]')?.addEventListener('click', () => {
    stop();
    show(steps.findIndex((step) => step.sequence === sequence) + 1, { scroll: false });
  }));
  stop();
  show(steps.length, { scroll: false });
  controls.hidden = false;
}

function mark(row, step, sequence) {
  row.classList.toggle('is-stepped', sequence === step?.sequence);
  row.classList.toggle('is-ahead', sequence > (step?.sequence ?? 0));
  if (sequence === step?.sequence) row.setAttribute('aria-current', 'step');
  else row.removeAttribute('aria-current');
}

function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function pathAfter(steps, position) {
  const path = { visits: {}, flows: {}, current: [], cancelled: [], trouble: [], stepped: null };
  const open = new Map();
  const cut = new Set();
  for (const { act, element, activity, flow } of steps.slice(0, position)) {
    if (act === 'enter') { path.visits[element] = (path.visits[element] ?? 0) + 1; open.set(activity, element); cut.delete(element); }
    if (act === 'leave') open.delete(activity);
    if (act === 'cancel') { open.delete(activity); cut.add(element); }
    if (act === 'flow') path.flows[flow] = (path.flows[flow] ?? 0) + 1;
    if (act === 'trouble') path.trouble = [...path.trouble, element];
    if (act === 'mended') path.trouble = path.trouble.filter((id) => id !== element);
    path.stepped = element ?? path.stepped;
  }
  path.current = [...open.values()];
  path.cancelled = [...cut].filter((id) => !path.current.includes(id));
  return path;
}
