// Zoom by button as well as by wheel; the same three buttons on every diagram, bottom left (bottom right belongs to the watermark).
import { translate } from '../i18n/translate.js';

const MARGIN = 24;
const LEGIBLE = 0.45;
const STEPS = [
  ['+', 'Zoom in', (canvas) => canvas.zoom(canvas.zoom() * 1.25)],
  ['−', 'Zoom out', (canvas) => canvas.zoom(canvas.zoom() / 1.25)],
  ['⤢', 'Fit to view', whole],
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
  whole(canvas);
  if (canvas.zoom() >= LEGIBLE) return;
  const element = focus && viewer.get('elementRegistry').get(focus);
  fromTheTop(canvas);
  if (element) canvas.scrollToElement(element, 80);
}

// Too large to read at once: begin at the top left, as wide as it stays legible.
function fromTheTop(canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(0.8, Math.max(0.6, (outer.width - 2 * MARGIN) / inner.width));
  const width = outer.width / scale;
  const left = width > inner.width ? inner.x - (width - inner.width) / 2 : inner.x - MARGIN;
  canvas.viewbox({ x: left, y: inner.y - MARGIN, width, height: outer.height / scale });
}

// Everything, with a margin, in the middle; never larger than life.
function whole(canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - 2 * MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height);
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - (height - inner.height) / 2, width, height });
}
