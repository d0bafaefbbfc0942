// How several people decide together. Fields that a mode does not use are not shown.
import { attribute } from '../extensions.js';
import { field } from '../entries.js';

const TYPE = 'kesu:Ballot';
const MODES = [
  { key: 'all', name: '会签：全部同意', name_en: 'all must agree' },
  { key: 'any', name: '或签：一人同意即可', name_en: 'one is enough' },
  { key: 'percent', name: '按比例通过', name_en: 'a share of the votes' },
  { key: 'count', name: '按票数通过', name_en: 'a number of votes' },
  { key: 'weighted', name: '按权重（票签）', name_en: 'weighted votes' },
  { key: 'in_turn', name: '依次审批', name_en: 'one after the other' },
];
const ON_NO = [
  { key: 'first', name: '一人不同意即否决', name_en: 'the first no decides' },
  { key: 'last', name: '无法再通过时才否决', name_en: 'only when it can no longer pass' },
  { key: 'collect', name: '全部表态后再定', name_en: 'only after all have spoken' },
];

export function ballot(element) {
  const mode = attribute(element, TYPE, 'mode');
  const voting = [
    ['percent', 'weighted'].includes(mode) && field(TYPE, 'threshold', 'text', 'Share needed in percent'),
    mode === 'count' && field(TYPE, 'threshold', 'text', 'Votes needed'),
    field(TYPE, 'voters', 'list', 'Voters', { options: ({ people }) => people, formula: true }),
    field(TYPE, 'groups', 'list', 'or everybody of', { options: ({ groups }) => groups, formula: true }),
    mode === 'weighted' && field(TYPE, 'weights', 'feel', 'Weights', { description: 'A FEEL context: login to number' }),
    field(TYPE, 'onNo', 'choice', 'When somebody says no', { options: ON_NO }),
  ];
  return {
    id: 'kesu-ballot',
    label: 'Deciding together',
    entries: [field(TYPE, 'mode', 'choice', 'Rule', { options: MODES }), ...(mode ? voting.filter(Boolean) : [])],
  };
}
