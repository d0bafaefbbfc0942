// Talks to the server in JSON. What it refuses comes back as an error with its sentence, in the reader's language.
import { translate } from '../i18n/translate.js';

export class Refused extends Error {
  constructor(status, answer) {
    super(answer?.detail ?? translate('The server did not answer. Nothing is lost: try again in a moment.'));
    this.status = status;
    this.answer = answer ?? {};
  }
}

export async function ask(url, { method = 'POST', body, csrf }) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body), redirect: 'manual' }).catch(() => null);
  if (!answer) throw new Refused(0);
  if (answer.type === 'opaqueredirect') throw new Refused(401, { detail: translate('You have been signed out. Sign in in another tab, then save again.') });
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}
