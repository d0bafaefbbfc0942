// Trying a table with inputs, as it stands on the screen: the answer, and the rules that fired marked in it.
import { translate } from '../i18n/translate.js';
import { ask } from '../designer/requests.js';

const sheet = new CSSStyleSheet();

export function mountTrial(page, modeler, { inputs, decisions, urls, csrf }, changes) {
  const form = page.querySelector('[data-trial]');
  const answer = page.querySelector('[data-answer]');
  document.adoptedStyleSheets.push(sheet);
  form.append(...inputs.map(field), button());

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { xml } = await modeler.saveXML({ format: true });
    const given = Object.fromEntries([...form.elements].filter((each) => each.name).map((each) => [each.name, each.value]));
    try {
      const told = await ask(urls.trial, { body: { xml, decision: chosen(modeler) ?? Object.keys(decisions)[0], inputs: given }, csrf });
      show(told);
    } catch (error) {
      say(error.message, true);
    }
  });
  changes.onChange(() => {
    say('');
    sheet.replaceSync('');
  });

  function show({ value, fired }) {
    const numbers = fired.map(({ number }) => number).join(', ');
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    say(fired.length ? translate('Answer: {value}. Rules that fired: {numbers}', { value: text, numbers }) : translate('Answer: {value}. No rule fired.', { value: text }));
    sheet.replaceSync(fired.map(({ rule }) => `.table-canvas td[data-row-id=${CSS.escape(rule)}], .table-canvas td[data-element-id=${CSS.escape(rule)}] { background: var(--good-paper); box-shadow: inset 0 2px var(--good), inset 0 -2px var(--good); }`).join('\n'));
  }

  function say(text, isTrouble = false) {
    answer.textContent = text;
    answer.classList.toggle('problem', isTrouble);
  }
}

function chosen(modeler) {
  const view = modeler.getActiveView();
  return view && view.type !== 'drd' ? view.element.id : null;
}

function field({ name, type, offered }, index) {
  const place = document.createElement('div');
  place.className = 'field';
  const label = place.appendChild(document.createElement('label'));
  label.textContent = name;
  label.htmlFor = `trial-${index}`;
  const choices = type === 'boolean' ? [['true', translate('yes')], ['false', translate('no')]] : offered.map((each) => [each, each]);
  const control = place.appendChild(document.createElement(choices.length ? 'select' : 'input'));
  control.className = 'input';
  control.id = label.htmlFor;
  control.name = name;
  if (choices.length) control.append(new Option('–', ''), ...choices.map(([value, text]) => new Option(text, value)));
  else control.autocomplete = 'off';
  return place;
}

function button() {
  const made = document.createElement('button');
  made.className = 'button';
  made.textContent = translate('Try it');
  return made;
}
