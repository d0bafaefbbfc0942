// A task's form keeps itself as a draft, and learns from the server which fields are shown and what would happen next. An answer on which
// other fields depend is told at once; sending waits until it is known which fields it brings, so that nothing unseen is ever owed.
const PAUSE = 900;
const TYPING = 150; // such an answer that is still being typed

export function watchDrafts(place = document) {
  place.querySelectorAll('form[data-draft]:not([data-watched])').forEach(watch);
}

function watch(form) {
  form.dataset.watched = 'yes';
  form.querySelectorAll('[data-does=draft]').forEach((button) => button.remove());
  const deciding = (form.dataset.decides ?? '').split(' ').filter(Boolean);
  const state = { timer: null, asked: 0, unsure: false, sent: false };
  const keep = (event) => {
    const decides = deciding.includes(event.target.closest('[data-field]')?.dataset.field);
    state.unsure ||= decides;
    clearTimeout(state.timer);
    const pause = decides ? (event.type === 'change' ? 0 : TYPING) : PAUSE;
    state.timer = setTimeout(() => !state.sent && save(form, state), pause);
  };
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
  form.addEventListener('submit', (event) => {
    clearTimeout(state.timer);
    state.sent = !state.unsure;
    if (state.unsure) hold(event, form, state);
  });
}

async function hold(event, form, state) {
  event.preventDefault();
  event.stopPropagation();
  const before = unseen(form);
  await save(form, state);
  state.unsure = false; // the server could not be asked: it judges what is sent
  const fresh = before.find((frame) => !frame.hidden);
  if (!fresh) {
    form.requestSubmit(event.submitter);
    return;
  }
  form.querySelector('[data-draft-said]').textContent = form.dataset.more ?? '';
  fresh.querySelector('input, textarea, select')?.focus();
}

function unseen(form) {
  return [...form.querySelectorAll('[data-field]')].filter((frame) => frame.hidden);
}

async function save(form, state) {
  const mine = ++state.asked;
  const fields = new FormData(form);
  [...fields.entries()].filter(([, value]) => value instanceof File).forEach(([name]) => fields.delete(name));
  const said = form.querySelector('[data-draft-said]');
  try {
    const answer = await fetch(form.dataset.draft, { method: 'PUT', body: fields, headers: { Accept: 'application/json' } });
    const told = await answer.json();
    if (mine !== state.asked) return; // a later one is on its way
    said.textContent = told.saved ?? told.gone ?? told.detail ?? '';
    if (answer.ok) apply(form, told);
    state.unsure = false;
  } catch {
    said.textContent = form.dataset.offline ?? '';
  }
}

function apply(form, told) {
  form.querySelectorAll('[data-field]').forEach((frame) => {
    frame.hidden = told.hidden.includes(frame.dataset.field);
  });
  const ahead = form.querySelector('[data-ahead]');
  if (!ahead) return;
  const fresh = new DOMParser().parseFromString(told.ahead, 'text/html').querySelector('[data-ahead]');
  if (fresh) ahead.replaceWith(fresh);
  else ahead.hidden = true;
}

watchDrafts();
