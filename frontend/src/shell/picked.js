// Rows that are chosen for a batch: the bar below the list says how many, and offers only what can be done with all of them.
const bar = document.querySelector('.batch-bar');
const boxes = () => [...document.querySelectorAll('[data-pick]:not(:disabled)')];
const picked = () => boxes().filter((box) => box.checked);

if (bar) start();

function start() {
  bar.querySelector('[data-pick-all-line]').hidden = false;
  bar.querySelector('[data-pick-all]').addEventListener('change', (event) => {
    boxes().forEach((box) => (box.checked = event.target.checked));
    tell();
  });
  document.getElementById('rows').addEventListener('change', (event) => event.target.matches('[data-pick]') && tell());
  addEventListener('pageshow', tell); // the browser may have kept the ticks when somebody comes back
  tell();
}

export function tell() {
  if (!bar) return;
  const chosen = picked();
  bar.classList.toggle('idle', !chosen.length);
  const said = bar.querySelector('[data-picked]');
  said.textContent = chosen.length ? said.dataset.some.replace('{count}', chosen.length) : said.dataset.none;
  const all = bar.querySelector('[data-pick-all]');
  all.checked = chosen.length > 0 && chosen.length === boxes().length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  const steps = new Set(chosen.map((box) => box.dataset.step ?? ''));
  const why = bar.querySelector('[data-why]');
  why.textContent = why.dataset.why;
  why.hidden = steps.size < 2;
  allow('approve', steps.size === 1 && !steps.has(''));
  allow('transfer', chosen.length > 0);
  allow('claim', chosen.some((box) => 'free' in box.dataset));
  allow('release', chosen.some((box) => 'taken' in box.dataset));
  boxes().forEach((box) => box.closest('.task-row').classList.toggle('picked', box.checked));
}

function allow(act, possible) {
  const button = bar.querySelector(`[data-does="batch-${act}"]`);
  if (button) button.disabled = !possible;
}

export function pickedCount() {
  return picked().length;
}

export function pick(link) {
  const box = link?.closest('.task-row').querySelector('[data-pick]');
  if (!box) return;
  box.checked = !box.checked;
  tell();
}

export function clearPicks() {
  boxes().forEach((box) => (box.checked = false));
  tell();
}

// Says whether there was such a button to press.
export function press(act) {
  const button = bar?.querySelector(`[data-does="batch-${act}"]`);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}
