// A task's form keeps itself as a draft, and learns from the server which fields are shown and what would happen next.
const PAUSE = 900;

export function watchDrafts(place = document) {
  place.querySelectorAll('form[data-draft]:not([data-watched])').forEach(watch);
}

function watch(form) {
  form.dataset.watched = 'yes';
  form.querySelectorAll('[data-does=draft]').forEach((button) => button.remove());
  let timer = null;
  let sent = false;
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => !sent && save(form), PAUSE);
  };
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
  form.addEventListener('submit', () => {
    sent = true;
    clearTimeout(timer);
  });
}

async function save(form) {
  const fields = new FormData(form);
  [...fields.entries()].filter(([, value]) => value instanceof File).forEach(([name]) => fields.delete(name));
  const said = form.querySelector('[data-draft-said]');
  try {
    const answer = await fetch(form.dataset.draft, { method: 'PUT', body: fields, headers: { Accept: 'application/json' } });
    const told = await answer.json();
    said.textContent = told.saved ?? told.gone ?? told.detail ?? '';
    if (answer.ok) apply(form, told);
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
