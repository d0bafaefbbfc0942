// Sections that stand below each other without scripts become tabs with them.
export function tabify(place = document) {
  place.querySelectorAll('[data-tabs]:not(.tabbed)').forEach(build);
}

function build(group) {
  const panels = [...group.querySelectorAll(':scope > [data-tab]')];
  if (panels.length < 2) return;
  const bar = document.createElement('div');
  bar.className = 'tabs tab-bar';
  bar.setAttribute('role', 'tablist');
  bar.setAttribute('aria-label', group.getAttribute('aria-label') ?? '');
  const tabs = panels.map((panel) => tabFor(panel));
  bar.append(...tabs);
  group.prepend(bar);
  group.classList.add('tabbed');
  bar.addEventListener('click', (event) => {
    const tab = event.target.closest('[role=tab]');
    if (tab) choose(tabs, panels, tabs.indexOf(tab));
  });
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    choose(tabs, panels, next);
    tabs[next].focus();
    event.preventDefault();
  });
  const asked = panels.findIndex((panel) => `#${panel.id}` === location.hash);
  choose(tabs, panels, Math.max(asked, 0));
}

function tabFor(panel) {
  const tab = document.createElement('button');
  tab.type = 'button';
  tab.textContent = panel.dataset.tab;
  tab.id = `${panel.id}-tab`;
  tab.setAttribute('role', 'tab');
  tab.setAttribute('aria-controls', panel.id);
  panel.setAttribute('role', 'tabpanel');
  panel.removeAttribute('aria-label');
  panel.setAttribute('aria-labelledby', tab.id);
  return tab;
}

function choose(tabs, panels, chosen) {
  tabs.forEach((tab, index) => {
    tab.setAttribute('aria-selected', index === chosen);
    tab.tabIndex = index === chosen ? 0 : -1;
    panels[index].hidden = index !== chosen;
  });
}

tabify();
