// One diagram in one place of the page: drawn when it comes into sight, with zoom buttons, the path taken and a way to be steered.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import '../diagrams/colours.css';
import './viewer.css';
import { renderer } from '../diagrams/colours.js';
import { translate, translateModule } from '../i18n/translate.js';
import { showPath } from './paths.js';
import { showChanges } from './comparisons.js';
import { inReadersLanguage } from './names.js';
import { withDrawing } from '../diagrams/layouts.js';
import { addZoomButtons, fit } from './zooms.js';

export async function mount(place) {
  await seen(place);
  place.classList.add('diagram');
  const canvas = place.appendChild(document.createElement('div'));
  canvas.className = 'diagram-canvas';
  const viewer = new NavigatedViewer({ container: canvas, bpmnRenderer: renderer, additionalModules: [translateModule] });
  try {
    const { xml } = await withDrawing(await read(place.dataset.diagramUrl));
    await viewer.importXML(inReadersLanguage(xml));
  } catch (error) {
    return refuse(place, canvas, error);
  }
  return present(place, viewer);
}

// A diagram in a closed tab or far down the page costs nothing until it is looked at.
function seen(place) {
  return new Promise((resolve) => {
    const watch = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        watch.disconnect();
        resolve();
      }
    }, { rootMargin: '200px' });
    watch.observe(place);
  });
}

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/xml' } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.text();
}

function refuse(place, canvas, error) {
  canvas.remove();
  const said = place.appendChild(document.createElement('p'));
  said.className = 'diagram-refused';
  said.textContent = translate('The diagram cannot be shown ({reason}). The list says the same in words.', { reason: error.message });
  return null;
}

function present(place, viewer) {
  const svg = place.querySelector('.diagram-canvas svg');
  svg?.setAttribute('aria-hidden', 'true');
  svg?.removeAttribute('tabindex');
  addZoomButtons(place, viewer);
  const diagram = { place, viewer, path: showPath(viewer), show: (path) => diagram.path.show(path) };
  if (place.dataset.path) diagram.show(JSON.parse(place.dataset.path));
  if (place.dataset.changes) showChanges(viewer, JSON.parse(place.dataset.changes));
  fit(viewer, place.dataset.focus);
  place.dataset.ready = 'yes';
  return diagram;
}
