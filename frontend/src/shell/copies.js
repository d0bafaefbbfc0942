// A button that copies the field before it. Hidden until there is a clipboard to copy to.
for (const button of document.querySelectorAll('[data-copy]')) {
  const source = button.parentElement.querySelector('[data-copy-source]');
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.value);
    button.textContent = button.dataset.done;
  });
  source.addEventListener('focus', () => source.select());
}
