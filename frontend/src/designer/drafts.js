// The draft: saved over the version that was opened, never over somebody else's. Leaving with unsaved changes is asked about.
import { translate } from '../i18n/translate.js';
import { ask } from './requests.js';
import { inTurn } from './turns.js';
import { guardUnsaved } from './unsaved.js';

export function mountDraft(page, modeler, settings) {
  const said = page.querySelector('[data-said]');
  const button = page.querySelector('[data-act=save]');
  let version = settings.draft_version;
  let savedAt = stackIndex(modeler);

  const isChanged = () => stackIndex(modeler) !== savedAt;

  const save = inTurn(write); // a second save goes over the version that the first was given

  async function write() {
    const at = stackIndex(modeler);
    const { xml } = await modeler.saveXML({ format: true });
    button.disabled = true;
    try {
      const draft = await ask(settings.urls.draft, { method: 'PUT', body: { xml, seen: version }, csrf: settings.csrf });
      version = draft.version;
      savedAt = at;
      tell(translate('Draft saved at {time}', { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' }) }));
      return true;
    } catch (error) {
      tell(error.message, true);
      return false;
    } finally {
      button.disabled = false;
      page.dataset.changed = String(isChanged());
    }
  }

  function tell(text, isTrouble = false) {
    said.textContent = text;
    said.classList.toggle('is-trouble', isTrouble);
  }

  button.addEventListener('click', save);
  modeler.on('commandStack.changed', () => {
    page.dataset.changed = String(isChanged());
    tell(isChanged() ? translate('Changes not saved yet') : '');
  });
  guardUnsaved(save, isChanged);

  return { save, isChanged, tell, version: () => version, leave: () => { savedAt = stackIndex(modeler); } };
}

function stackIndex(modeler) {
  return modeler.get('commandStack')._stackIdx;
}
