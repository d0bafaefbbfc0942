// The inbox with a keyboard and a pane: rows open beside the list where there is room; single letters act while the list has the focus.
import { tabify } from './tabs.js';
import { watchDrafts } from './drafts.js';

const pane = document.getElementById('pane');
const WIDE = matchMedia('(min-width: 821px)');
const MINUTE = 60_000;
let shown = null;

if (pane) start();

function start() {
  const rows = document.getElementById('rows');
  rows.addEventListener('click', onClick);
  rows.addEventListener('keydown', onKey);
  document.querySelector('.tasks').addEventListener('keydown', onKey);
  setInterval(refreshCounts, MINUTE);
  const current = rows.querySelector('.task-link[aria-current]');
  shown = current?.dataset.task ?? null;
  if (!location.search.includes('q=')) (current ?? links()[0])?.focus({ preventScroll: !current });
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
  const parsed = new DOMParser().parseFromString(text, 'text/html');
  pane.replaceChildren(...parsed.body.childNodes);
  pane.classList.remove('loading');
  pane.scrollTop = 0;
  tabify(pane);
  watchDrafts(pane);
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
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return;
  if (event.key.length === 1 && document.documentElement.dataset.keys === 'off') return;
  const link = event.target.closest('.task-link');
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act(link);
}

const KEYS = {
  j: (link) => step(link, 1),
  ArrowDown: (link) => step(link, 1),
  k: (link) => step(link, -1),
  ArrowUp: (link) => step(link, -1),
  o: (link) => link && look(link),
  c: (link) => reach(link, '[data-does="claim"]', true),
  a: (link) => reach(link, '[data-does="approve"]'),
  r: (link) => reach(link, '[data-does="reject"], [data-does="send-back"]'),
  '/': () => document.getElementById('q').select(),
  '?': () => document.getElementById('keys').showModal(),
  1: () => box(1),
  2: () => box(2),
  3: () => box(3),
  4: () => box(4),
};

function step(link, by) {
  const all = links();
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
  const field = button.form?.querySelector('[data-field]:not([hidden]) :is(input, textarea, select):not([type=hidden])');
  (field && !field.value ? field : button).focus();
}

function box(number) {
  document.querySelector(`[data-box="${number}"]`)?.click();
}

// Counts stay fresh without a reload, as long as somebody is looking.
async function refreshCounts() {
  if (document.hidden) return;
  const boxes = document.getElementById('boxes');
  const answer = await fetch(boxes.dataset.counts, { headers: { 'HX-Request': 'true' } });
  if (answer.ok && !boxes.contains(document.activeElement)) boxes.innerHTML = await answer.text();
}
