// Ctrl+Enter (or Cmd+Enter) sends what is being written. Where there are two answers, it is the one that was headed for with a key;
// with none headed for it leads to the buttons: nobody decides by accident.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  const form = event.target.closest('form');
  if (form?.method !== 'post') return;
  const buttons = [...form.querySelectorAll('button:not([type=button], [data-does=draft])')].filter((button) => button.form === form);
  const button = buttons.length === 1 ? buttons[0] : buttons.find((each) => each.dataset.does && each.dataset.does === form.dataset.headed);
  event.preventDefault();
  if (button) form.requestSubmit(button);
  else buttons[0]?.focus();
});
