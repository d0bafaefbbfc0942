// What speaks against publishing, as the server finds it: a list below the canvas and a sign on each element. A click leads there.
import { translate } from '../i18n/translate.js';
import { ask } from './requests.js';

const IDLE = 900;

export function mountProblems(page, modeler, { urls, csrf }) {
  const list = page.querySelector('[data-problems]');
  const count = page.querySelector('[data-problem-count]');
  const listeners = [];
  let found = [];
  let asking = [];
  let lost = [];
  let asked = 0;
  let idle = null;

  async function check({ announce = false } = {}) {
    const mine = ++asked;
    clearTimeout(idle);
    unknown();
    const { xml } = await modeler.saveXML({ format: true });
    try {
      const answer = await ask(urls.validation, { body: { xml }, csrf });
      if (mine === asked) show(answer.problems, answer.questions ?? []);
    } catch (error) {
      if (mine === asked) show([{ element: null, severity: 'error', message: error.message }]);
    }
    if (announce) list.querySelector('input, button, p')?.focus();
    return found;
  }

  function show(problems, questions = []) {
    asking = questions.filter((question) => question.required);
    delete page.dataset.checking;
    found = [...lost, ...problems];
    const rest = found.length ? [asList(modeler, found)] : asking.length ? [] : [allWell()];
    list.replaceChildren(...asking.map((question) => asTick(modeler, question)), ...rest);
    const open = found.length + asking.length;
    count.textContent = open ? `(${open})` : '✓';
    signs(modeler, found);
    listeners.forEach((listener) => listener(found));
  }

  // What stood here was said of another drawing.
  function unknown() {
    page.dataset.checking = 'yes';
    count.textContent = '…';
    const said = document.createElement('p');
    said.className = 'problems-none muted';
    said.textContent = translate('Checking…');
    list.querySelector('.problems-none')?.remove();
    list.prepend(said);
  }

  modeler.on('commandStack.changed', () => {
    asked += 1; // whatever is on its way is out of date
    unknown();
    clearTimeout(idle);
    idle = setTimeout(check, IDLE);
  });

  return {
    check,
    of: (id) => found.filter((problem) => problem.element === id),
    errors: () => [...asking, ...found.filter((problem) => problem.severity === 'error')],
    onChange: (listener) => listeners.push(listener),
    notUnderstood(warnings) {
      lost = warnings.map(({ message, error }) => ({ element: null, severity: 'warning', message: translate('Not understood, and lost when saved: {what}', { what: error?.message ?? message }) }));
    },
  };
}

function allWell() {
  const said = document.createElement('p');
  said.tabIndex = -1;
  said.className = 'problems-none';
  said.textContent = translate('Nothing speaks against publishing this diagram.');
  return said;
}

function asList(modeler, problems) {
  const list = document.createElement('ul');
  list.append(...problems.map((problem) => asRow(modeler, problem)));
  return list;
}

function asRow(modeler, { element, severity, message, rule }) {
  const row = document.createElement('li');
  row.className = `finding is-${severity}`;
  const button = row.appendChild(document.createElement('button'));
  button.type = 'button';
  button.append(word(severity), message);
  if (rule) button.title = rule;
  button.addEventListener('click', () => reveal(modeler, element));
  return row;
}

// What only the owner can say, as one tick: the process may be run. It is written into the file, and undone like any change.
function asTick(modeler, { element, message }) {
  const label = document.createElement('label');
  label.className = 'finding is-question choice-line';
  const box = label.appendChild(document.createElement('input'));
  box.type = 'checkbox';
  label.appendChild(document.createElement('span')).textContent = message;
  box.addEventListener('change', () => {
    const process = modeler.getDefinitions().get('rootElements').find((each) => each.id === element);
    if (process) modeler.get('modeling').updateModdleProperties(modeler.get('canvas').getRootElement(), process, { isExecutable: box.checked });
  });
  return label;
}

function word(severity) {
  const said = document.createElement('strong');
  said.textContent = { error: translate('Error'), note: translate('Note') }[severity] ?? translate('Warning');
  return said;
}

export function reveal(modeler, id) {
  const element = id && modeler.get('elementRegistry').get(id);
  if (!element) return;
  if (element.parent) modeler.get('canvas').scrollToElement(element, { top: 80, bottom: 120, left: 140, right: 160 });
  modeler.get('selection').select(element.parent ? element : []);
}

function signs(modeler, problems) {
  const overlays = modeler.get('overlays');
  const registry = modeler.get('elementRegistry');
  overlays.remove({ type: 'problem' });
  const worst = new Map();
  for (const { element, severity } of problems) {
    if (registry.get(element)?.parent && worst.get(element) !== 'error') worst.set(element, severity);
  }
  worst.forEach((severity, id) => overlays.add(id, 'problem', { position: position(registry.get(id)), html: sign(severity) }));
}

function position(element) {
  return element.waypoints ? { top: -10, left: -10 } : { bottom: 10, left: -10 };
}

function sign(severity) {
  const drawn = document.createElement('span');
  drawn.className = `finding-sign is-${severity}`;
  drawn.textContent = '!';
  return drawn;
}
