// A link with data-fill puts what it knows into the form on this page instead of loading the page anew: nothing typed is lost.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-fill]');
  if (!link || event.ctrlKey || event.metaKey) return;
  const values = JSON.parse(link.dataset.fill);
  const fields = Object.keys(values).map((name) => document.querySelector(`form .input[name="${name}"]`));
  if (fields.some((field) => !field)) return;
  event.preventDefault();
  fields.forEach((field) => {
    field.value = values[field.name] || field.value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  document.querySelector('#description')?.focus();
});
