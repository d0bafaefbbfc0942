// A form marked data-once is sent once: the second click finds the button resting. The server would not be fooled either.
document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-once]');
  if (!form) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'true';
  form.querySelectorAll('button:not([type="button"])').forEach((button) => button.setAttribute('aria-disabled', 'true'));
});

// Coming back with the back button finds the form usable again.
window.addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-once][data-sent]').forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll('button[aria-disabled]').forEach((button) => button.removeAttribute('aria-disabled'));
  });
});

// What went wrong comes first.
document.querySelector('[data-focus]')?.focus();
