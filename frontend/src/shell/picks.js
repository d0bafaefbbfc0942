// A list with a box before each row: all of them at once, and how many are chosen.
for (const form of document.querySelectorAll('form[data-picks]')) {
  const all = form.querySelector('[data-pick-all] input');
  const count = form.querySelector('[data-pick-count]');
  const boxes = () => [...form.querySelectorAll('input[name=id]')];
  if (!all) continue;
  const tell = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
    count.textContent = chosen ? count.dataset.words.replace('{number}', chosen) : '';
  };
  all.closest('[data-pick-all]').hidden = false;
  all.addEventListener('change', () => {
    boxes().forEach((box) => { box.checked = all.checked; });
    tell();
  });
  form.addEventListener('change', tell);
  tell();
}
