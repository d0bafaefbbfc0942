// Zoom by button as well as by wheel; the same three buttons on every diagram, bottom left (bottom right belongs to the watermark).
import { translate } from '../i18n/translate.js';

const STEPS = [
  ['+', 'Zoom in', (canvas) => canvas.zoom(canvas.zoom() * 1.25)],
  ['−', 'Zoom out', (canvas) => canvas.zoom(canvas.zoom() / 1.25)],
  ['⤢', 'Fit to view', (canvas) => canvas.zoom('fit-viewport', 'auto')],
];

export function addZoomButtons(place, viewer) {
  const bar = place.appendChild(document.createElement('div'));
  bar.className = 'diagram-zoom';
  for (const [sign, label, act] of STEPS) {
    const button = bar.appendChild(document.createElement('button'));
    button.type = 'button';
    button.textContent = sign;
    button.title = translate(label);
    button.setAttribute('aria-label', translate(label));
    button.addEventListener('click', () => act(viewer.get('canvas')));
  }
}

// Fit the whole diagram, unless that makes it unreadable: then keep a readable size around the focus.
export function fit(viewer, focus) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const element = focus && viewer.get('elementRegistry').get(focus);
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
  if (canvas.zoom() < 0.45 && element) {
    canvas.zoom(0.7);
    canvas.scrollToElement(element, 80);
  }
}
