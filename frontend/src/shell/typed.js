// Keeps what was typed into a form marked data-typed for as long as the tab is open, and forgets it once the form has arrived.
const place = (name) => `typed:${name}`;
const skipped = (field) => !field.name || ['hidden', 'file', 'submit', 'password'].includes(field.type) || field.closest('.trap');
const chosen = (field) => ['radio', 'checkbox'].includes(field.type);

function restore(form) {
  const kept = JSON.parse(sessionStorage.getItem(place(form.dataset.typed)) ?? '{}');
  for (const field of [...form.elements].filter((each) => !skipped(each) && each.name in kept)) {
    if (chosen(field)) {
      if (!form.querySelector(`[name="${CSS.escape(field.name)}"]:checked`) && kept[field.name].includes(field.value)) field.checked = true;
    } else if (!field.value) {
      field.value = kept[field.name][0] ?? '';
    }
  }
}

function keep(form) {
  const kept = {};
  for (const field of [...form.elements].filter((each) => !skipped(each) && !(chosen(each) && !each.checked))) {
    (kept[field.name] ??= []).push(field.value);
  }
  sessionStorage.setItem(place(form.dataset.typed), JSON.stringify(kept));
}

document.querySelectorAll('[data-typed-done]').forEach((each) => sessionStorage.removeItem(place(each.dataset.typedDone)));

// Call it again for what is put on the page later.
export function keepTyped(within = document) {
  for (const form of within.querySelectorAll('form[data-typed]:not([data-typed-kept])')) {
    form.dataset.typedKept = 'yes';
    restore(form);
    form.addEventListener('input', () => {
      keep(form);
      const said = form.querySelector('[data-typed-said]');
      if (said) said.textContent = said.dataset.typedSaid;
    });
  }
}

keepTyped();
