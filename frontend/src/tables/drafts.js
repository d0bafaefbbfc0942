// The draft of a table, saved over the version that was opened; and publishing it, once nothing speaks against it.
import { translate } from '../i18n/translate.js';
import { ask } from '../designer/requests.js';
import { inTurn } from '../designer/turns.js';
import { guardUnsaved } from '../designer/unsaved.js';

export function mountDraft(page, modeler, settings, { changes, findings }) {
  const said = page.querySelector('[data-said]');
  const dialog = document.querySelector('[data-publication]');
  const confirm = dialog.querySelector('[data-confirm]');
  const trouble = dialog.querySelector('[data-trouble]');
  let version = settings.draft_version;
  let count = 0;
  let savedAt = 0;
  const isChanged = () => count !== savedAt;

  const save = inTurn(write); // a second save goes over the version that the first was given

  async function write() {
    const at = count;
    const { xml } = await modeler.saveXML({ format: true });
    try {
      version = (await ask(settings.urls.draft, { method: 'PUT', body: { xml, seen: version }, csrf: settings.csrf })).version;
      savedAt = at;
      tell(translate('Draft saved at {time}', { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' }) }));
      return true;
    } catch (error) {
      tell(error.message, true);
      return false;
    } finally {
      page.dataset.changed = String(isChanged());
    }
  }

  async function open() {
    if ((isChanged() || !version) && !(await save())) return;
    await findings.check();
    const errors = findings.errors().length;
    trouble.textContent = errors ? translate('It cannot be published before the errors are settled; they are listed below the table.') : '';
    confirm.disabled = Boolean(errors);
    dialog.showModal();
  }

  async function publish() {
    confirm.disabled = true;
    try {
      const comment = dialog.querySelector('[name=comment]').value;
      const { location } = await ask(settings.urls.publication, { body: { comment, seen: version }, csrf: settings.csrf });
      savedAt = count;
      window.location.assign(location);
    } catch (error) {
      trouble.textContent = error.message;
      confirm.disabled = false;
    }
  }

  function tell(text, isTrouble = false) {
    said.textContent = text;
    said.classList.toggle('is-trouble', isTrouble);
  }

  changes.onChange(() => {
    count += 1;
    page.dataset.changed = 'true';
    tell(translate('Changes not saved yet'));
  });
  page.querySelector('[data-act=save]').addEventListener('click', save);
  page.querySelector('[data-act=publish]').addEventListener('click', open);
  confirm.addEventListener('click', publish);
  dialog.querySelector('[data-cancel]').addEventListener('click', () => dialog.close());
  guardUnsaved(save, isChanged);
}
