// The page where an owner redraws a process: bpmn-js, our fields, an outline for the keyboard, the server's checks, drafts, publishing.
import './nonces.js';
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import '../diagrams/colours.css';
import './designer.css';
import { renderer } from '../diagrams/colours.js';
import { translate, translateModule } from '../i18n/translate.js';
import kesu from './moddle-kesu.json';
import spiffworkflow from './moddle-spiffworkflow.json';
import { providerModule } from './provider.js';
import { mountOutline } from './outlines.js';
import { mountProblems } from './problems.js';
import { mountDraft } from './drafts.js';
import { mountPublication } from './publications.js';
import { keepReferences } from './references.js';
import { copiesModule } from './copies.js';
import { withDrawing } from '../diagrams/layouts.js';

const LEGIBLE = 0.6;
const page = document.getElementById('designer');
const settings = JSON.parse(document.getElementById('designer-settings').textContent);

function build() {
  return new Modeler({
    container: page.querySelector('[data-canvas]'),
    propertiesPanel: { parent: page.querySelector('[data-panel]'), feelPopupContainer: page },
    bpmnRenderer: renderer,
    textRenderer: { defaultStyle: { fontFamily: 'system-ui, "Noto Sans CJK SC", sans-serif' }, externalStyle: { fontSize: 12 } },
    moddleExtensions: { kesu, spiffworkflow },
    catalogue: settings.catalogue,
    additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, providerModule, copiesModule, translateModule],
  });
}

async function start() {
  const modeler = build();
  const problems = mountProblems(page, modeler, settings);
  const { warnings } = await modeler.importXML(await drawn(settings.xml));
  problems.notUnderstood(keepReferences(modeler, warnings));
  mountOutline(page, modeler, problems);
  const draft = mountDraft(page, modeler, settings);
  mountPublication(page, settings, { draft, problems });
  bindButtons(modeler, problems);
  show(modeler);
  problems.check();
  page.dataset.ready = 'yes';
  window.kesuDesigner = modeler; // for tests, and for the curious
}

// What the file leaves undrawn is drawn here, and kept so once the draft is saved.
async function drawn(xml) {
  const { xml: whole, made } = await withDrawing(xml);
  if (made) page.querySelector('[data-said]').textContent = translate('Not everything in the file was drawn; what was missing has been added. Save the draft to keep it.');
  return whole;
}

// Show the whole diagram, right of the palette that covers the left edge; never larger than life, never too small to read.
function show(modeler) {
  const canvas = modeler.get('canvas');
  const { inner, outer } = canvas.viewbox();
  if (!outer.width) return; // on a phone there is only the outline
  const left = page.querySelector('.djs-palette').offsetWidth + 48;
  const scale = Math.min(1, Math.max(LEGIBLE, Math.min((outer.width - left - 40) / inner.width, (outer.height - 80) / inner.height)));
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - left / scale, y: Math.min(inner.y - 40, inner.y - (height - inner.height) / 2), width, height });
}

function bindButtons(modeler, problems) {
  const stack = modeler.get('commandStack');
  const [undo, redo] = ['undo', 'redo'].map((act) => page.querySelector(`[data-act=${act}]`));
  const refresh = () => {
    undo.disabled = !stack.canUndo();
    redo.disabled = !stack.canRedo();
  };
  undo.addEventListener('click', () => stack.undo());
  redo.addEventListener('click', () => stack.redo());
  page.querySelector('[data-act=check]').addEventListener('click', () => problems.check({ announce: true }));
  modeler.on('commandStack.changed', refresh);
  refresh();
}

start().catch((error) => {
  page.querySelector('[data-said]').textContent = translate('The diagram cannot be opened: {reason}', { reason: error.message });
});
