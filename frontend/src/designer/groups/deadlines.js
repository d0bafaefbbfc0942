// By when a task is due, in working time of the case's calendar, and what happens when it is late.
import { field } from '../entries.js';

const TYPE = 'kesu:Deadline';
const ON_TIMEOUT = [
  { key: 'remind', name: '提醒', name_en: 'remind' },
  { key: 'escalate', name: '升级给上级', name_en: 'escalate to the superior' },
  { key: 'reject', name: '视为不同意', name_en: 'counts as rejected' },
  { key: 'approve', name: '视为同意', name_en: 'counts as approved' },
];

export function deadline() {
  return {
    id: 'kesu-deadline',
    label: 'Deadline',
    entries: [
      field(TYPE, 'kind', 'choice', 'Clock of the case', { options: ({ deadlines }) => deadlines }),
      field(TYPE, 'decision', 'choice', 'Limit looked up in', { options: ({ decisions }) => decisions }),
      field(TYPE, 'duration', 'feel', 'or time allowed', { description: 'Such as PT24H for 24 hours, P7D for a week' }),
      field(TYPE, 'due', 'feel', 'or due at', { description: 'FEEL date and time' }),
      field(TYPE, 'warn', 'feel', 'Warn this long before', { description: 'Such as PT4H' }),
      field(TYPE, 'onTimeout', 'choice', 'When it is late', { options: ON_TIMEOUT }),
    ],
  };
}
