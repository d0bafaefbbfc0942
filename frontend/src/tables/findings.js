// What the server finds in the table: a list below it, and a colour at the cell, row or table. A click leads there.
import { translate } from '../i18n/translate.js';
import { ask } from '../designer/requests.js';

const IDLE = 700;
const sheet = new CSSStyleSheet(); // the editor draws its cells anew at every change, so signs on them would not last; rules do

export function mountFindings(page, modeler, { urls, csrf }, changes) {
  const list = page.querySelector('[data-findings]');
  const count = page.querySelector('[data-count]');
  let found = [];
  let asked = 0;
  let idle = null;
  document.adoptedStyleSheets.push(sheet);

  async function check() {
    const mine = ++asked;
    const { xml } = await modeler.saveXML({ format: true });
    let told;
    try {
      told = (await ask(urls.validation, { body: { xml }, csrf })).problems;
    } catch (error) {
      told = [{ element: null, severity: 'error', kind: '', message: error.message }];
    }
    if (mine === asked) show(told);
    return found;
  }

  function show(problems) {
    found = problems;
    count.textContent = found.length ? `(${found.length})` : '';
    list.replaceChildren(found.length ? asList(found) : allWell());
    sheet.replaceSync(found.filter(({ element }) => element).map(rule).join('\n'));
  }

  changes.onChange(() => {
    clearTimeout(idle);
    idle = setTimeout(check, IDLE);
  });
  return { check, errors: () => found.filter(({ severity }) => severity === 'error') };
}

function rule({ element, severity }) {
  const id = CSS.escape(element);
  const colour = severity === 'error' ? '--bad' : '--warn';
  return `.table-canvas td[data-element-id=${id}], .table-canvas th[data-element-id=${id}], .table-canvas td[data-row-id=${id}] { box-shadow: inset 0 0 0 2px var(${colour}); background: var(${colour}-paper); }`;
}

function allWell() {
  const said = document.createElement('p');
  said.className = 'findings-none';
  said.textContent = translate('Nothing speaks against publishing this table.');
  return said;
}

function asList(found) {
  const list = document.createElement('ul');
  list.append(...found.map(asRow));
  return list;
}

function asRow({ element, severity, kind, message }) {
  const row = document.createElement('li');
  row.className = `finding is-${severity}`;
  const button = row.appendChild(document.createElement('button'));
  button.type = 'button';
  const word = document.createElement('strong');
  word.textContent = [severity === 'error' ? translate('Error') : translate('Warning'), kind].filter(Boolean).join(' · ');
  button.append(word, ' ', message);
  button.addEventListener('click', () => reveal(element));
  return row;
}

function reveal(element) {
  const id = element && CSS.escape(element);
  const cell = id && (document.querySelector(`.table-canvas [data-element-id=${id}]`) ?? document.querySelector(`.table-canvas [data-row-id=${id}]`));
  if (!cell) return;
  cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  (cell.querySelector('[contenteditable]') ?? cell).focus();
}
