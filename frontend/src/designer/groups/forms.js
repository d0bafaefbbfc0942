// Which form a task shows.
import { field } from '../entries.js';

export function form() {
  return {
    id: 'kesu-form',
    label: 'Form',
    shouldOpen: true,
    entries: [field('kesu:Form', 'key', 'choice', 'Form shown', { options: ({ forms }) => forms })],
  };
}
