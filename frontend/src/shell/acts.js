// In the inbox nothing leads away from the list: what is sent from the pane is sent in place, and a move opens as a dialog over it.
// The server answers with the address to go on at (204 and X-Location), or with the pane or sheet as it is with what was wrong.
import { tabify } from './tabs.js';
import { keepTyped } from './typed.js';
import { watchDrafts } from './drafts.js';
import { mountPickers } from './people.js';

const IN_PLACE = { 'HX-Request': 'true', 'X-In-Place': 'yes' };
const pane = document.getElementById('pane');
const sheet = document.getElementById('move');

if (pane && sheet) {
  document.addEventListener('click', openMove);
  [pane, sheet].forEach((place) => place.addEventListener('submit', onSubmit));
}

export function fill(place, text) {
  const parsed = new DOMParser().parseFromString(text, 'text/html');
  place.replaceChildren(...parsed.body.childNodes);
  tabify(place);
  keepTyped(place);
  watchDrafts(place);
  mountPickers(place);
}

async function openMove(event) {
  const link = event.target.closest('#pane .other-moves a, .row-act');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const answer = await fetch(link.href, { headers: IN_PLACE }).catch(() => null);
  if (!answer) return location.assign(link.href);
  if (onward(answer)) return;
  fill(sheet, await answer.text());
  sheet.showModal();
  sheet.querySelector('[autofocus], select, input:not([type=hidden]), textarea, .button')?.focus();
}

async function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return; // method=dialog closes the sheet
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  const place = event.currentTarget;
  const answer = await fetch(event.submitter?.getAttribute('formaction') ? event.submitter.formAction : form.action, {
    method: 'POST', body: new FormData(form, event.submitter), headers: IN_PLACE,
  }).catch(() => null);
  delete form.dataset.sending;
  if (!answer) return trouble(form, place.dataset.offline);
  if (onward(answer)) return;
  const text = await answer.text();
  if (/class="(task-pane|move-sheet)/.test(text)) {
    fill(place, text);
    place.querySelector('[data-focus]')?.focus();
  } else trouble(form, new DOMParser().parseFromString(text, 'text/html').body.textContent.trim());
}

function onward(answer) {
  const address = answer.headers.get('X-Location');
  if (address) location.assign(address);
  return Boolean(address);
}

// What was typed stays; the sentence stands above it.
function trouble(form, sentence) {
  form.querySelector('[data-trouble]')?.remove();
  const said = document.createElement('p');
  Object.assign(said, { className: 'flash flash-problem', tabIndex: -1, textContent: sentence });
  said.setAttribute('role', 'alert');
  said.dataset.trouble = '';
  form.prepend(said);
  said.focus();
}
