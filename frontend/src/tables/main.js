// The page where an owner edits decision tables: dmn-js, the server's findings at their cells, a trial, the draft, publishing.
import '../designer/nonces.js';
import Modeler from 'dmn-js/lib/Modeler';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import './tables.css';
import { translate } from '../i18n/translate.js';
import { mountFindings } from './findings.js';
import { mountTrial } from './trials.js';
import { mountDraft } from './drafts.js';

const page = document.getElementById('table-designer');
const settings = JSON.parse(document.getElementById('designer-settings').textContent);
// "When" heads the first condition here, and the time of an event in the designer of diagrams.
const said = (template, values) => translate(template === 'When' ? 'When (condition)' : template, values);
const part = { additionalModules: [{ translate: ['value', said] }] };

async function start() {
  const modeler = new Modeler({ container: page.querySelector('[data-canvas]'), drd: part, decisionTable: part, literalExpression: part, boxedExpression: part });
  const changes = watch(modeler);
  await modeler.importXML(settings.xml);
  const table = modeler.getViews().find((view) => view.type === 'decisionTable');
  if (table) await modeler.open(table);
  mountViews(modeler);
  const findings = mountFindings(page, modeler, settings, changes);
  mountTrial(page, modeler, settings, changes);
  mountDraft(page, modeler, settings, { changes, findings });
  await findings.check();
  page.dataset.ready = 'yes';
  window.kesuTables = modeler; // for tests, and for the curious
}

// Every view has a command stack of its own, and a new one whenever it is opened.
function watch(modeler) {
  const listeners = [];
  const [undo, redo] = ['undo', 'redo'].map((act) => page.querySelector(`[data-act=${act}]`));
  const stack = () => modeler.getActiveViewer()?.get('commandStack', false);
  const refresh = () => {
    undo.disabled = !stack()?.canUndo();
    redo.disabled = !stack()?.canRedo();
  };
  undo.addEventListener('click', () => stack().undo());
  redo.addEventListener('click', () => stack().redo());
  modeler.on('viewer.created', ({ viewer }) => viewer.on('commandStack.changed', ({ trigger }) => {
    refresh();
    if (trigger !== 'clear') listeners.forEach((listener) => listener());
  }));
  modeler.on('views.changed', refresh);
  refresh();
  return { onChange: (listener) => listeners.push(listener) };
}

// Where a file holds one decision, its table is all there is to see; else each has a button.
function mountViews(modeler) {
  const place = page.querySelector('[data-views]');
  const draw = () => {
    const views = modeler.getViews();
    place.hidden = views.filter((view) => view.type !== 'drd').length < 2;
    place.replaceChildren(...views.map((view) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button small';
      button.textContent = view.type === 'drd' ? translate('All decisions') : view.name || view.id;
      button.setAttribute('aria-pressed', view === modeler.getActiveView());
      button.addEventListener('click', () => modeler.open(view));
      return button;
    }));
    page.querySelectorAll('th.index-column').forEach((head) => head.setAttribute('role', 'presentation')); // empty, and no header of anything
  };
  modeler.on('views.changed', draw);
  draw();
}

start().catch((error) => {
  page.querySelector('[data-said]').textContent = translate('The table cannot be opened: {reason}', { reason: error.message });
});
