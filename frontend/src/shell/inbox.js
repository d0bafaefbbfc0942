// The inbox with a keyboard and a pane: rows open beside the list where there is room; single letters act while the list has the focus.
import { clearPicks, pick, pickedCount, press } from './picked.js';
import { fill } from './acts.js';

const pane = document.getElementById('pane');
const WIDE = matchMedia('(min-width: 821px)');
const FIELDS = '[data-field]:not([hidden]) :is(input, textarea, select):not([type=hidden])';
let shown = null;
let going = false; // g has been pressed: the next letter says where to

if (pane) start();

function start() {
  const rows = document.getElementById('rows');
  rows.addEventListener('click', onClick);
  document.addEventListener('keydown', onKey);
  const current = rows.querySelector('.task-link[aria-current]');
  document.querySelector('#boxes [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  shown = new URLSearchParams(location.search).get('task');
  // a task that has just left the list (claimed, for instance) stands in the pane: its form is what comes next
  const form = current || !WIDE.matches ? null : pane.querySelector(`#answer ${FIELDS}, #answer button`);
  (current ?? form ?? links()[0])?.focus({ preventScroll: !current });
  current?.scrollIntoView({ block: 'nearest' });
}

function links() {
  return [...document.querySelectorAll('#rows .task-link')];
}

function onClick(event) {
  const link = event.target.closest('.task-link');
  const byKeyboard = event.detail === 0; // Enter opens the page of its own
  if (!link || byKeyboard || !WIDE.matches || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  look(link);
}

async function look(link) {
  if (shown === link.dataset.task) return true;
  shown = link.dataset.task;
  mark(link);
  pane.classList.add('loading');
  const answer = await fetch(link.dataset.pane, { headers: { 'HX-Request': 'true' } });
  const text = await answer.text();
  if (shown !== link.dataset.task) return false;
  fill(pane, text);
  pane.classList.remove('loading');
  pane.scrollTop = 0;
  const address = new URL(pane.dataset.address, location.href);
  address.searchParams.set('task', link.dataset.task);
  history.replaceState(null, '', address);
  return true;
}

function mark(link) {
  links().forEach((other) => {
    other.toggleAttribute('aria-current', other === link);
    if (other === link) other.setAttribute('aria-current', 'true');
    other.closest('.task-row').classList.toggle('chosen', other === link);
  });
}

function onKey(event) {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || !isOfTheList(event.target)) return;
  if (event.key.length === 1 && document.documentElement.dataset.keys === 'off') return;
  const link = event.target.closest('.task-row')?.querySelector('.task-link') ?? (event.target.closest('#boxes') ? null : current());
  const act = going ? PLACES[event.key] && (() => place(PLACES[event.key])) : KEYS[event.key];
  going = !going && event.key === 'g';
  if (!act && !going) return;
  event.preventDefault();
  act?.(link);
}

// The list has the focus when nothing else has: after a search, a filter, an act or a click beside everything.
function isOfTheList(target) {
  if (target.closest('select, textarea, dialog, input:not([type=checkbox])')) return false;
  return Boolean(target.closest('.tasks, #boxes')) || [document.body, document.getElementById('main'), pane].includes(target);
}

function current() {
  return document.querySelector('#rows .task-link[aria-current]');
}

// Both tables are what the sheet under ? lists; tests/webui/test_inbox_in_a_browser.py compares them.
const KEYS = {
  j: (link) => step(link, 1),
  ArrowDown: (link) => step(link, 1),
  k: (link) => step(link, -1),
  ArrowUp: (link) => step(link, -1),
  o: (link) => link && look(link),
  x: (link) => pick(link),
  Escape: () => clearPicks(),
  c: (link) => (pickedCount() ? press('claim') || press('release') : reach(link, '[data-does="claim"]', true)),
  a: (link) => (pickedCount() ? press('approve') : reach(link, '[data-does="approve"]')),
  t: (link) => (pickedCount() ? press('transfer') : reach(link, '[data-does="transfer"]', true)),
  r: (link) => reach(link, '[data-does="reject"], [data-does="send-back"]'),
  f: () => unfold('filters'),
  s: () => unfold('save-view'), // there once a filter is set
  '/': () => document.getElementById('q').select(),
  '?': () => document.getElementById('keys').showModal(),
};

const PLACES = { i: 'mine', g: 'group', u: 'urged', m: 'cases', d: 'done', c: 'copied' };

function step(link, by) {
  const all = links();
  if (link && document.activeElement === document.body) by = 0; // back to where one was
  const next = all[Math.min(Math.max((link ? all.indexOf(link) : -1) + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  if (next && WIDE.matches && shown) look(next);
}

// `a` and `r` lead to the button and never press it: a decision takes a second key.
async function reach(link, selector, press = false) {
  if (!link) return;
  if (!WIDE.matches) {
    location.href = link.href;
    return;
  }
  await look(link);
  const button = pane.querySelector(selector);
  if (!button) return;
  if (press) {
    button.click();
    return;
  }
  if (button.form) button.form.dataset.headed = button.dataset.does;
  const field = button.form?.querySelector(FIELDS);
  (field && !field.value ? field : button).focus();
}

function unfold(id) {
  const details = document.getElementById(id);
  if (!details) return;
  details.open = true;
  details.querySelector('select, input:not([type=hidden])').focus();
}

function place(box) {
  document.querySelector(`#boxes [data-box="${box}"]`)?.click();
}
