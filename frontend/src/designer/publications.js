// Publishing: save, let the server compare with the version in force, show what would change, ask once, publish.
import { ask } from './requests.js';

export function mountPublication(page, settings, { draft, problems }) {
  const dialog = document.querySelector('[data-publication]');
  const changes = dialog.querySelector('[data-changes]');
  const confirm = dialog.querySelector('[data-confirm]');
  const trouble = dialog.querySelector('[data-trouble]');

  async function open() {
    if (draft.isChanged() || !draft.version()) if (!(await draft.save())) return;
    await problems.check();
    changes.innerHTML = await (await fetch(settings.urls.changes)).text();
    trouble.textContent = '';
    const errors = problems.errors().length;
    dialog.querySelector('[data-blocked]').hidden = !errors;
    confirm.disabled = Boolean(errors);
    dialog.showModal();
  }

  async function publish(event) {
    event.preventDefault();
    confirm.disabled = true;
    try {
      const comment = dialog.querySelector('[name=comment]').value;
      const { location } = await ask(settings.urls.publication, { body: { comment, seen: draft.version() }, csrf: settings.csrf });
      draft.leave();
      window.location.assign(location);
    } catch (error) {
      trouble.textContent = error.message;
      confirm.disabled = false;
    }
  }

  async function compare() {
    if (draft.isChanged() || !draft.version()) if (!(await draft.save())) return;
    window.location.assign(settings.urls.comparison);
  }

  page.querySelector('[data-act=publish]').addEventListener('click', open);
  page.querySelector('[data-act=compare]').addEventListener('click', compare);
  confirm.addEventListener('click', publish);
  dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
}
