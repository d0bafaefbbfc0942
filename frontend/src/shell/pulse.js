// The inbox stays true without a reload: now and then the server is asked what has changed, and mostly answers that nothing has.
// Nobody asks while the tab is hidden; a server that does not answer is asked ever more seldom.
import { tell } from './picked.js';

const PAUSE = 20_000;
const LONGEST = 300_000;
const boxes = document.querySelector('[data-pulse]');
let tag = '';
let pause = PAUSE;
let timer = null;

if (boxes) {
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : ask()));
  timer = setTimeout(ask, PAUSE);
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(boxes.dataset.pulse, { headers: { 'HX-Request': 'true', ...(tag && { 'If-None-Match': tag }) }, cache: 'no-store' });
    if (answer.status === 401) return; // signed out: the next click says so
    if (!answer.ok && answer.status !== 304) throw new Error(answer.status);
    tag = answer.headers.get('ETag') ?? '';
    pause = PAUSE;
    if (answer.ok) show(await answer.json());
  } catch {
    pause = Math.min(pause * 2, LONGEST);
  }
  timer = setTimeout(ask, pause);
}

function show(told) {
  const held = boxes.contains(document.activeElement) && document.activeElement.getAttribute('href');
  boxes.innerHTML = told.boxes;
  if (held) boxes.querySelector(`[href="${CSS.escape(held)}"]`)?.focus();
  document.title = document.title.replace(/^(\(\d+\) )?/, told.waiting ? `(${told.waiting}) ` : '');
  const fresh = document.querySelector('[data-fresh] a');
  fresh.textContent = told.fresh;
  fresh.hidden = !told.fresh;
  Object.entries(told.gone).forEach(([id, sentence]) => strike(id, sentence));
}

// A row that somebody else has dealt with says so and stays until the list is loaded again: nothing jumps under the hand.
function strike(id, sentence) {
  const row = document.querySelector(`[data-row="${id}"]:not(.gone)`);
  if (!row) return;
  row.classList.add('gone');
  const box = row.querySelector('[data-pick]');
  if (box) {
    box.checked = false;
    box.disabled = true;
    tell();
  }
  const note = document.createElement('span');
  note.className = 'task-note new';
  note.setAttribute('role', 'status');
  row.querySelector('.task-link').append(note);
  note.textContent = sentence;
}
