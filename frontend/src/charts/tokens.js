// The page's own colours, as the browser resolves them here and now: a canvas knows nothing of light-dark().
const NAMES = ['ink', 'ink-soft', 'line', 'surface', 'accent', 'warn', 'bad-solid', 'info', 'good', 'line-strong', 'sunken'];

export function tokens(place) {
  const probe = place.appendChild(document.createElement('span'));
  const found = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  found.font = getComputedStyle(place).fontFamily;
  probe.remove();
  return found;
}
