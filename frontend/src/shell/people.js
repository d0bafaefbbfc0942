// Finding a colleague among many: letters narrow the list, by name in either language, login, department or the first letters of the
// pinyin (zd finds 朱丹). Those chosen lately in this browser stand first. Without scripts the list is there whole.
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const FIRST = [...'阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀']; // the first character of each letter, in the order of pinyin
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
const LATELY = 'people:lately';
const ROWS = 8;
const FEW = 6; // as many are seen at a glance

export function mountPickers(place = document) {
  place.querySelectorAll('select[data-people]:not([data-finds])').forEach(overSelect);
  place.querySelectorAll('[data-people-list]:not([data-finds])').forEach(overBoxes);
}

export function initials(name) {
  return [...name].map((sign) => {
    if (!/\p{Script=Han}/u.test(sign)) return /\w/.test(sign) ? sign.toLowerCase() : '';
    const at = FIRST.findLastIndex((first) => order.compare(first, sign) <= 0);
    return at < 0 ? '' : LETTERS[at];
  }).join('');
}

function words(element, text) {
  const told = `${text} ${element.dataset.words ?? ''} ${element.closest('optgroup')?.label ?? ''}`.toLowerCase();
  return `${told} ${told.replaceAll(' ', '')} ${told.split(' ').map(initials).join(' ')}`;
}

function field(place, label) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'search', className: 'input people-find', autocomplete: 'off', placeholder: label });
  input.setAttribute('aria-label', label);
  place.before(input);
  return input;
}

function overSelect(select) {
  select.dataset.finds = 'yes';
  const options = [...select.options].filter((option) => option.value);
  if (options.length < FEW) return;
  const homes = new Map(options.map((option) => [option, { home: option.parentElement, words: words(option, option.textContent) }]));
  const input = field(select, select.dataset.people);
  lately(select, options);
  const narrow = () => {
    const wanted = input.value.trim().toLowerCase();
    options.forEach((option) => option.remove());
    const met = options.filter((option) => homes.get(option).words.includes(wanted));
    met.forEach((option) => homes.get(option).home.append(option));
    select.size = wanted ? Math.max(2, Math.min(ROWS, met.length + 1)) : 0;
    if (wanted && met.length) select.value = [...select.options].find((option) => option.value).value;
  };
  input.addEventListener('input', narrow);
  input.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) select.selectedIndex = Math.max(0, Math.min(select.options.length - 1, select.selectedIndex + by));
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) select.focus();
    else return;
    event.preventDefault();
  });
  select.form?.addEventListener('submit', () => remember(select.value));
}

function overBoxes(place) {
  place.dataset.finds = 'yes';
  const lines = [...place.querySelectorAll('label')];
  if (lines.length < FEW) return;
  const known = new Map(lines.map((line) => [line, words(line, `${line.textContent} ${line.parentElement.querySelector('p')?.textContent ?? ''}`)]));
  const input = field(place, place.dataset.peopleList);
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    lines.forEach((line) => { line.hidden = !known.get(line).includes(wanted) && !line.querySelector(':checked'); });
    place.querySelectorAll('.people-group').forEach((group) => { group.hidden = ![...group.querySelectorAll('label')].some((line) => !line.hidden); });
  });
}

function lately(select, options) {
  const found = kept().map((login) => options.find((option) => option.value === login)).filter(Boolean);
  if (!found.length) return;
  const group = document.createElement('optgroup');
  group.label = select.dataset.lately;
  group.append(...found.map((option) => option.cloneNode(true)));
  group.querySelectorAll('option').forEach((option) => option.removeAttribute('selected'));
  select.insertBefore(group, select.querySelector('optgroup'));
}

function remember(login) {
  if (login) localStorage.setItem(LATELY, JSON.stringify([login, ...kept().filter((other) => other !== login)].slice(0, 5)));
}

function kept() {
  return JSON.parse(localStorage.getItem(LATELY) ?? '[]');
}

mountPickers();
